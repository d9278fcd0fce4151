package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestANameFromSomebodyElseStaysInItsFolder(t *testing.T) {
	folder := t.TempDir()
	for name, want := range map[string]string{
		"photo.png": "photo.png", "../../etc/passwd": "passwd", `..\..\boot.ini`: "boot.ini", ".bashrc": "bashrc",
		"..": "attachment", "-rf": "rf", "a\x1b[1m.png": "a[1m.png", "": "attachment",
	} {
		if got := place(folder, name); got != filepath.Join(folder, want) {
			t.Errorf("%q goes to %s", name, got)
		}
		if got := place("", name); got != want {
			t.Errorf("%q goes to %s", name, got)
		}
	}
	if got := place(filepath.Join(folder, "mine.txt"), "photo.png"); got != filepath.Join(folder, "mine.txt") {
		t.Errorf("goes to %s", got)
	}
}

func TestNoFileIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.txt")
	for _, want := range []string{"a.txt", "a (1).txt", "a (2).txt"} {
		f, err := create(path)
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		if got := filepath.Base(f.Name()); got != want {
			t.Errorf("made %s, want %s", got, want)
		}
	}
}

func TestMediaTypeIsAnAllowedOne(t *testing.T) {
	folder := t.TempDir()
	for name, c := range map[string]struct{ content, want string }{
		"a.png":  {"whatever", "image/png"},
		"b":      {"\x89PNG\r\n\x1a\n0000", "image/png"},
		"c.html": {"<html>", "application/octet-stream"},
		"d.go":   {"package x", "text/plain"},
		"e":      {"", "text/plain"},
	} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := mediaType(f)
		f.Close()
		if err != nil || got != c.want {
			t.Errorf("%s is %s, %v", name, got, err)
		}
	}
}
