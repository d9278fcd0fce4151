package console

import (
	"bytes"
	"io"
	"strings"
	"time"

	"github.com/parley-im/parley/pkg/price"
)

// maxLine is how much of a log line is shown.
const maxLine = 2000

// Line is one that a function has logged.
type Line struct {
	At       time.Time `json:"at"`
	Function string    `json:"function"`
	Text     string    `json:"text"`
}

// Logs returns a writer that keeps the newest lines, counts what taking them in would cost, and passes them on. Each Write is
// a line, as lambda.Config.Logs has it.
func (c *Console) Logs(w io.Writer) io.Writer { return &logs{w, c} }

type logs struct {
	next    io.Writer
	console *Console
}

// Write implements io.Writer.
func (l *logs) Write(p []byte) (int, error) {
	line := bytes.TrimSuffix(p, []byte("\n"))
	function, text, ok := strings.Cut(strings.TrimPrefix(string(line), "["), "] ")
	if !ok {
		function, text = "", string(line)
	}
	l.console.ledger.Use(logging, price.LogByte, float64(len(text)+1))
	l.console.lines.add(Line{l.console.now().UTC(), function, strings.ToValidUTF8(text[:min(len(text), maxLine)], "")})
	return l.next.Write(p)
}
