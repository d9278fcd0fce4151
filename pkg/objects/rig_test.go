package objects_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/parley-im/parley/infra/local/s3"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/objects"
	"github.com/parley-im/parley/pkg/topology"
)

const bucket = "media"

// endpoint is where the bucket is, for the whole process: only one gateway can run in it.
var endpoint string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "objects")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	server, err := s3.Start(context.Background(), s3.Config{
		Region: "eu-central-1", AccessKey: "key", SecretKey: "secret", Port: port, Dir: dir, Bucket: bucket, Origins: []string{"https://app.example.com"},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	endpoint = server.URL()
	return m.Run()
}

func newClient(url string) *awss3.Client {
	return awss3.New(awss3.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String(url), UsePathStyle: true, Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("key", "secret", ""),
	})
}

func newObjects(url string) *objects.Objects {
	return objects.New(newClient(url), bucket, "state", "pending", topology.Media.Life, time.Now)
}

// key is a new key in the form of a real one.
func key(t *testing.T) string {
	return chat.MediaKey("ann", chat.NewMediaID([]byte(t.Name()+time.Now().String())))
}

const content = "\x89PNG these are all the bytes"

func sum(body string) string {
	digest := sha256.Sum256([]byte(body))
	return base64.StdEncoding.EncodeToString(digest[:])
}

func sign(t *testing.T, o *objects.Objects, key string) chat.Upload {
	t.Helper()
	upload, err := o.SignUpload(t.Context(), key, "image/png", int64(len(content)), sum(content))
	if err != nil {
		t.Fatal(err)
	}
	return upload
}

// put sends a body as a browser would: with the headers it was told, and the length of what it sends.
func put(t *testing.T, url string, headers map[string]string, body string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range headers {
		if name == "content-length" {
			continue // what the body has; no client lets a page choose it
		}
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

func get(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func tags(t *testing.T, key string) map[string]string {
	t.Helper()
	b := bucket
	out, err := newClient(endpoint).GetObjectTagging(t.Context(), &awss3.GetObjectTaggingInput{Bucket: &b, Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, tag := range out.TagSet {
		found[*tag.Key] = *tag.Value
	}
	return found
}
