package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parley-im/parley/pkg/client/clienttest"
)

func TestRunTalksInLinesWhenThereIsNoTerminal(t *testing.T) {
	server, err := clienttest.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	folder := t.TempDir()
	files := map[string]*os.File{}
	for _, name := range []string{"in", "out"} {
		f, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		files[name] = f
	}
	if _, err := files["in"].WriteString("/to bob hi\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := files["in"].Seek(0, 0); err != nil {
		t.Fatal(err)
	}
	args := []string{"-url", server.URL, "-user", "ann", "-token", clienttest.Token("ann"), "-state", filepath.Join(folder, "state")}
	if err := run(t.Context(), args, files["in"], files["out"]); err != nil {
		t.Fatal(err)
	}
	out, err := os.ReadFile(filepath.Join(folder, "out"))
	if err != nil || !strings.Contains(string(out), "[bob] 1 ann: hi\n") {
		t.Errorf("printed %s, %v", out, err)
	}
	if err := run(t.Context(), nil, files["in"], files["out"]); err == nil {
		t.Error("ran without a user")
	}
}
