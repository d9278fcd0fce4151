package lambda

import (
	"bufio"
	"io"
	"sync"
)

// lineWriter prefixes lines of several functions and writes each with one call.
type lineWriter struct {
	mu     sync.Mutex
	w      io.Writer
	buffer []byte
}

func (l *lineWriter) print(function, line string) { l.write(function, []byte(line)) }

func (l *lineWriter) write(function string, line []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buffer = append(l.buffer[:0], '[')
	l.buffer = append(l.buffer, function...)
	l.buffer = append(l.buffer, "] "...)
	l.buffer = append(l.buffer, line...)
	l.buffer = append(l.buffer, '\n')
	_, _ = l.w.Write(l.buffer) // a function does not fail because its log does
}

// copy writes the lines of r until it ends; a line longer than 64 KB becomes several.
func (l *lineWriter) copy(function string, r io.Reader) {
	lines := bufio.NewReaderSize(r, 64<<10)
	for {
		line, _, err := lines.ReadLine()
		if err != nil {
			return
		}
		l.write(function, line)
	}
}
