package main

import (
	"archive/zip"
	"bytes"
	"debug/elf"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCompileGivesTheSameStaticArmBinaryInAnyFolder(t *testing.T) {
	build := func() []byte {
		folder := t.TempDir()
		if err := compile(folder, lambda, "v1", "./testdata/hello"); err != nil {
			t.Fatal(err)
		}
		code, err := os.ReadFile(filepath.Join(folder, "hello"))
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	code := build()
	if !bytes.Equal(code, build()) {
		t.Error("two builds differ")
	}
	binary, err := elf.NewFile(bytes.NewReader(code))
	if err != nil {
		t.Fatal(err)
	}
	if binary.Machine != elf.EM_AARCH64 {
		t.Errorf("built for %v", binary.Machine)
	}
	if libraries, err := binary.ImportedLibraries(); err == nil && len(libraries) > 0 {
		t.Errorf("needs the libraries %v", libraries)
	}
}

func TestCompileSaysWhatTheCompilerSays(t *testing.T) {
	err := compile(t.TempDir(), host, "v1", "./testdata/absent")
	if err == nil || !strings.Contains(err.Error(), "testdata/absent") {
		t.Errorf("got %v", err)
	}
}

func TestZipHoldsOneExecutableBootstrap(t *testing.T) {
	code := []byte("the code")
	zipped, err := pack(code)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(zipped), int64(len(zipped)))
	if err != nil {
		t.Fatal(err)
	}
	if len(z.File) != 1 || z.File[0].Name != "bootstrap" || z.File[0].Mode() != 0o755 {
		t.Fatalf("holds %+v", z.File)
	}
	file, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if got, err := io.ReadAll(file); err != nil || !bytes.Equal(got, code) {
		t.Errorf("unzips to %q, %v", got, err)
	}
}

func TestZipOfUnchangedCodeIsNotWrittenAgain(t *testing.T) {
	folder := t.TempDir()
	binary, path := filepath.Join(folder, "code"), filepath.Join(folder, "out", "code.zip")
	write(t, binary, []byte("one"))
	first := zipped(t, path, binary)

	write(t, binary, []byte("one"))
	if again := zipped(t, path, binary); !os.SameFile(first, again) || !again.ModTime().Equal(first.ModTime()) {
		t.Error("equal code was written again")
	}
	write(t, binary, []byte("another"))
	if changed := zipped(t, path, binary); changed.Size() == first.Size() {
		t.Error("changed code was not written")
	}
}

func TestZipOverTheLimitFailsAndIsNotWritten(t *testing.T) {
	folder := t.TempDir()
	binary, path := filepath.Join(folder, "code"), filepath.Join(folder, "code.zip")
	code := make([]byte, limit+1)
	if _, err := rand.NewChaCha8([32]byte{}).Read(code); err != nil {
		t.Fatal(err)
	}
	write(t, binary, code)
	err := writeZip(path, binary)
	if err == nil || !strings.Contains(err.Error(), "may be 8 MB") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Error("the zip was written all the same")
	}
}

func TestReportNamesEachFileWithItsSize(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "a.zip"), make([]byte, 3<<19))
	var out bytes.Buffer
	if err := report(&out, folder, []string{"a.zip"}); err != nil {
		t.Fatal(err)
	}
	if want := "1.50 MB  " + filepath.Join(folder, "a.zip") + "\n"; strings.TrimLeft(out.String(), " ") != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func zipped(t *testing.T, path, binary string) os.FileInfo {
	t.Helper()
	if err := writeZip(path, binary); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}
