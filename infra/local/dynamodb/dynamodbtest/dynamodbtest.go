// Package dynamodbtest gives tests a DynamoDB of their own: an emulator in memory that starts in milliseconds.
package dynamodbtest

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/parley-im/parley/infra/local/dynamodb"
	"github.com/parley-im/parley/pkg/topology"
)

// Start starts an emulator with the tables of the topology. It ends with the test.
func Start(t testing.TB) *awsdynamodb.Client {
	t.Helper()
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := dynamodb.Find(root)
	if err != nil {
		t.Fatal(err)
	}
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	server, err := dynamodb.Start(t.Context(), dynamodb.Config{Binary: binary, Port: port})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	client := awsdynamodb.New(awsdynamodb.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(server.URL()),
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
		// Where many emulators share two cores a connection breaks now and then, which is not what tests of tables are about.
		RetryMaxAttempts: 10,
	})
	if err := dynamodb.Create(t.Context(), client, topology.Tables...); err != nil {
		t.Fatal(err)
	}
	return client
}

// Root is the folder of the module, found from the working directory upwards.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod above the working directory")
		}
		dir = parent
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
