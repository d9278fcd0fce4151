// Vapid makes the key pair with which a stage notifies browsers. The private key goes to the stage's SecureString in SSM's
// Parameter Store, through the AWS CLI and never through its arguments, a file or a template; the public one is printed.
//
// A pair is never replaced: browsers subscribe to one public key, and all of them would have to do so anew.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/webpush"
)

func main() {
	stage := flag.String("stage", "dev", "stage of the deployment")
	flag.Parse()
	if err := run(context.Background(), *stage, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "vapid:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, stage string, stdout, stderr io.Writer) error {
	private, public, err := webpush.NewKeys()
	if err != nil {
		return err
	}
	put := exec.CommandContext(ctx, "aws", "ssm", "put-parameter", "--no-overwrite", "--type", "SecureString",
		"--name", "/"+topology.Name+"/"+stage+"/"+topology.Vapid.Name, "--value", "file:///dev/stdin")
	put.Stdin, put.Stdout, put.Stderr = strings.NewReader(private), io.Discard, stderr
	if err := put.Run(); err != nil {
		return fmt.Errorf("the AWS CLI has not stored the private key: %w", err)
	}
	fmt.Fprintf(stdout, "The private key is stored. Deploy with\n\n  -c vapidPublicKey=%s -c vapidSubject=mailto:you@example.com\n", public)
	return nil
}
