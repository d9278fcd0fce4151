package faults

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func reply(status int, body string) *answer {
	return &answer{status: status, body: []byte(body)}
}

func TestAMemoryHoldsTheLastAnswerToEachQuestionForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(time.Second)
		q, other := ask("Query", []byte("a")), ask("GetItem", []byte("a"))
		m.learn(q, reply(http.StatusOK, "1"))
		m.learn(q, reply(http.StatusOK, "2"))
		m.learn(q, reply(http.StatusBadRequest, "no"))
		m.learn(q, reply(http.StatusOK, string(bytes.Repeat([]byte("x"), memoryBytes+1))))
		if a := m.recall(q); a == nil || string(a.body) != "2" {
			t.Errorf("recalled %+v", a)
		}
		if a := m.recall(other); a != nil {
			t.Errorf("another question: %s", a.body)
		}
		<-time.After(time.Second + 1)
		if a := m.recall(q); a != nil {
			t.Errorf("too old: %s", a.body)
		}
	})
}

func TestAMemoryIsBounded(t *testing.T) {
	m := newMemory(time.Hour)
	number := func(n int) question { return ask("Query", fmt.Append(nil, n)) }
	for n := range memoryAnswers {
		m.learn(number(n), reply(http.StatusOK, "x"))
	}
	m.learn(number(0), reply(http.StatusOK, "y")) // 1 is the oldest now
	m.learn(number(memoryAnswers), reply(http.StatusOK, "x"))
	if m.recall(number(0)) == nil || m.recall(number(1)) != nil || m.recall(number(2)) == nil || len(m.entries) != memoryAnswers {
		t.Errorf("%d answers; wrong one forgotten", len(m.entries))
	}
}
