// Package stack is the deployment on one machine: the functions of the topology as the binaries that are deployed, and a
// stand-in for each AWS service between them. What CDK derives from the topology for AWS, this package derives from it for
// a laptop: routes, triggers, environment.
//
// Start at [Start]; wiring.go holds what is derived.
package stack

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/parley-im/parley/infra/local/apigateway"
	"github.com/parley-im/parley/infra/local/clock"
	"github.com/parley-im/parley/infra/local/console"
	"github.com/parley-im/parley/infra/local/faults"
)

// Everything local belongs to this account; the region and the keys are accepted by every stand-in.
const (
	Region    = "us-east-1"
	Account   = "000000000000"
	APIID     = "parleylocal"
	Stage     = "local"
	AccessKey = "local"
	SecretKey = "local-secret"
	Audience  = "parley"
)

// Ports are on 127.0.0.1; 0 takes a free one.
type Ports struct {
	Web, Gateway, S3, DynamoDB, SNS, SQS, SSM int
}

// DefaultPorts are the published ones.
var DefaultPorts = Ports{Web: 8080, Gateway: 8081, S3: 8082, DynamoDB: 8083, SNS: 8084, SQS: 8085, SSM: 8086}

// Config says how to start a stack.
type Config struct {
	// Functions is the folder of the compiled functions, one file each.
	Functions string
	// DynamoDB is the emulator's executable.
	DynamoDB string
	// Data is the folder that survives a restart. It is made if it does not exist.
	Data  string
	Ports Ports
	// Origins are browser origins that may connect, besides the stack's own.
	Origins []string
	// EdgeKeys are what a handshake has to come with one of (topology.EdgeHeader), as behind CloudFront; none by default.
	EdgeKeys []string
	// Logs receives what functions and the emulator write, one line each.
	Logs     io.Writer
	Logger   *slog.Logger
	LogLevel slog.Level
	// Clock is what the gateway, the queues and the rules go by; nil is the machine's.
	Clock clock.Clock
	// Limits of the gateway; zero fields are those of AWS.
	Limits apigateway.Limits
	// Tap, if set, sees every request of a function to an AWS service ("dynamodb", "s3", "sns", "sqs", "ssm", "apigateway") before
	// the service does and every answer before the function does: the place to count, delay, refuse or kill.
	Tap Tap
	// Faults, if set, strikes the stack: between functions and services, closer to the function than Tap, and around what the
	// gateway invokes. GET, PUT and DELETE /dev/faults are its admin endpoint.
	Faults *faults.Injector
	// Console, if set, watches the stack and is served at /console: between functions and services it is closest to the functions.
	Console *console.Console
	// Gateway are further options of the gateway; its clock, log and keys are set here.
	Gateway apigateway.Options
}

// claim makes the data folder and takes it for this process, so that two stacks never write the same files.
func claim(dir string) (release func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder %s: %w", dir, err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data folder %s: %w", dir, err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("data folder %s: in use by another stack", dir)
	}
	return func() { _ = lock.Close() }, nil
}

// listen opens a port, and says in one line which one is in use and by which flag another can be chosen.
func listen(flag string, port int) (net.Listener, error) {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("port %d is in use: stop what uses it, or choose another with -%s-port", port, flag)
	}
	if err != nil {
		return nil, fmt.Errorf("port %d: %w", port, err)
	}
	return l, nil
}

// reserve finds the port that a server which opens it by itself will have.
func reserve(flag string, port int) (int, error) {
	l, err := listen(flag, port)
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
