package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parley-im/parley/pkg/webpush"
)

// cli puts a program called aws first on the path, which notes its arguments and its input.
func cli(t *testing.T, status string) (noted func(string) string) {
	t.Helper()
	dir := t.TempDir()
	script := "#!/bin/sh\necho \"$@\" > " + dir + "/args\ncat > " + dir + "/input\nexit " + status + "\n"
	if err := os.WriteFile(filepath.Join(dir, "aws"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
}

func TestThePrivateKeyIsStoredAndThePublicOneOfTheSamePairIsShown(t *testing.T) {
	noted := cli(t, "0")
	var shown bytes.Buffer
	if err := run(t.Context(), "prod", &shown, io.Discard); err != nil {
		t.Fatal(err)
	}
	args, private := noted("args"), noted("input")
	if !strings.Contains(args, "--name /parley/prod/vapid ") || !strings.Contains(args, "--type SecureString") || !strings.Contains(args, "--no-overwrite") {
		t.Errorf("aws %s", args)
	}
	_, rest, _ := strings.Cut(shown.String(), "vapidPublicKey=")
	public, _, _ := strings.Cut(rest, " ")
	if _, err := webpush.NewSigner(private, public, "mailto:ops@example.com"); err != nil {
		t.Error(err)
	}
	if strings.Contains(args, private) || strings.Contains(shown.String(), private) {
		t.Error("the private key is told to who must not know it")
	}
}

func TestNothingIsShownOfAPairThatWasNotStored(t *testing.T) {
	cli(t, "254") // as if there were one already
	var shown bytes.Buffer
	if err := run(t.Context(), "prod", &shown, io.Discard); err == nil || shown.Len() > 0 {
		t.Errorf("%v, %s", err, shown.String())
	}
}
