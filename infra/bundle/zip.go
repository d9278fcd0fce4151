package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// limit is the size in bytes that a function's zip may have. Lambda itself takes 50 MB (Lambda guide, "Lambda quotas"),
// but loads the code again in every cold start. A function of ours is about half of this; one that passes it has most
// likely come to import something that it should not.
const limit = 8 << 20

// writeZip puts the binary into a zip at path. It leaves the file alone when it already holds the same bytes.
func writeZip(path, binary string) error {
	code, err := os.ReadFile(binary)
	if err != nil {
		return err
	}
	zipped, err := pack(code)
	if err != nil {
		return fmt.Errorf("zip %s: %w", path, err)
	}
	if len(zipped) > limit {
		return fmt.Errorf("%s is %.1f MB and may be %d MB: look for a large new import", path, float64(len(zipped))/(1<<20), limit>>20)
	}
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, zipped) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, zipped, 0o644)
}

// pack returns a zip whose only file is bootstrap, the name that provided.al2023 starts. Its time is always the same, so
// equal code gives equal bytes.
func pack(code []byte) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	header := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
	header.SetMode(0o755)
	file, err := z.CreateHeader(header)
	if err != nil {
		return nil, err
	}
	if _, err := file.Write(code); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
