package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// target is a machine to build for.
type target struct{ os, arch string }

var (
	lambda = target{"linux", "arm64"}
	host   = target{runtime.GOOS, runtime.GOARCH}
)

// compile builds main packages into the folder, one binary each, named like its package. Paths of this machine, the time
// and the state of the checkout stay out of the binaries: their bytes follow from the sources and the version alone.
func compile(folder string, t target, version string, packages ...string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	args := []string{
		"build", "-trimpath", "-buildvcs=false",
		"-tags", "lambda.norpc", // leaves out the RPC server of the retired go1.x runtime
		"-ldflags", "-s -w -X github.com/parley-im/parley/pkg/app.Version=" + version,
		"-o", folder + string(filepath.Separator),
	}
	build := exec.Command("go", append(args, packages...)...)
	build.Env = append(os.Environ(), "GOOS="+t.os, "GOARCH="+t.arch, "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build for %s/%s: %w\n%s", t.os, t.arch, err, out)
	}
	return nil
}

// version names the state of the checkout, or dev outside of one.
func version() string {
	out, err := exec.Command("git", "describe", "--tags", "--always", "--dirty").Output()
	if err != nil {
		return "dev"
	}
	return strings.TrimSpace(string(out))
}
