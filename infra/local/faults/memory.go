package faults

import (
	"container/list"
	"crypto/sha256"
	"net/http"
	"sync"
	"time"
)

// Bounds of what is remembered.
const (
	memoryAnswers = 1024
	memoryBytes   = 64 << 10 // of one answer
)

// question stands for a read: its operation and its body.
type question [sha256.Size]byte

func ask(operation string, body []byte) question {
	return sha256.Sum256(append([]byte(operation+"\x00"), body...))
}

// memory holds the last answer to each of the questions asked last, so that a stale answer is a state that was once real.
// It is safe for concurrent use.
type memory struct {
	age time.Duration // how old an answer may be

	mu      sync.Mutex
	entries map[question]*list.Element
	order   *list.List // of *recollection, the one used last in front
}

type recollection struct {
	question question
	answer   *answer
	at       time.Time
}

func newMemory(age time.Duration) *memory {
	return &memory{age: age, entries: map[question]*list.Element{}, order: list.New()}
}

// recall returns what is remembered, or nil.
func (m *memory) recall(q question) *answer {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.entries[q]
	if e == nil || time.Since(e.Value.(*recollection).at) > m.age {
		return nil
	}
	return e.Value.(*recollection).answer
}

// learn remembers a and returns it. Failures and answers that are too long are forgotten.
func (m *memory) learn(q question, a *answer) *answer {
	if a.status != http.StatusOK || len(a.body) > memoryBytes {
		return a
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.entries[q]; e != nil {
		m.order.Remove(e)
	}
	m.entries[q] = m.order.PushFront(&recollection{q, a, time.Now()})
	if m.order.Len() > memoryAnswers {
		oldest := m.order.Remove(m.order.Back()).(*recollection)
		delete(m.entries, oldest.question)
	}
	return a
}
