package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/parley-im/parley/pkg/topology"
)

// Where the results go, seen from the root of the repository.
const (
	zipFolder    = "build/functions"
	lambdaFolder = "build/lambda/functions" // what is in the zips; left there, because go build links only what changed
	localFolder  = "build/local/functions"
)

// bundle builds every function of the topology and reports each on out.
func bundle(out io.Writer, local bool) error {
	names := make([]string, len(topology.Functions))
	packages := make([]string, len(topology.Functions))
	for i, f := range topology.Functions {
		names[i], packages[i] = f.Name, "./functions/"+f.Name
	}
	folder, machine := lambdaFolder, lambda
	if local {
		folder, machine = localFolder, host
	}
	if err := compile(folder, machine, version(), packages...); err != nil {
		return err
	}
	if local {
		return report(out, folder, names)
	}
	var zips []string
	for _, name := range names {
		if err := writeZip(filepath.Join(zipFolder, name+".zip"), filepath.Join(folder, name)); err != nil {
			return err
		}
		zips = append(zips, name+".zip")
	}
	return report(out, zipFolder, zips)
}

// report lists files with their sizes.
func report(out io.Writer, folder string, files []string) error {
	for _, file := range files {
		path := filepath.Join(folder, file)
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%8.2f MB  %s\n", float64(info.Size())/(1<<20), path)
	}
	return nil
}
