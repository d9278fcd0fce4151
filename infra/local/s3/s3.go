// Package s3 runs versitygw, an S3 gateway over a folder, inside this process. It checks signatures, presigned URLs, checksums
// and conditions as S3 does. Only one can run in a process, because the gateway keeps some of its state in globals; lifecycle
// rules are not carried out.
package s3

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
)

// Config says where it listens, keeps its objects and whom it lets in.
type Config struct {
	Region               string
	AccessKey, SecretKey string
	// Port on 127.0.0.1.
	Port int
	// Dir holds the objects and, beside them, what is known of them.
	Dir string
	// Bucket is made if it does not exist, with a CORS rule for Origins.
	Bucket  string
	Origins []string
}

// Server is a running gateway.
type Server struct {
	cfg    Config
	cancel context.CancelFunc
	done   chan struct{}
	err    error // of the gateway, set before done is closed
}

// Start starts the gateway and returns once the bucket is there.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	dir, err := filepath.Abs(cfg.Dir) // the gateway compares its folders as text
	if err != nil {
		return nil, fmt.Errorf("s3: data folder: %w", err)
	}
	objects, about := filepath.Join(dir, "objects"), filepath.Join(dir, "metadata")
	for _, dir := range []string{objects, about} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("s3: data folder: %w", err)
		}
	}
	sidecar, err := meta.NewSideCar(about)
	if err != nil {
		return nil, fmt.Errorf("s3: data folder: %w", err)
	}
	backend, err := posix.New(objects, sidecar, posix.PosixOpts{SideCarDir: about, NewDirPerm: 0o700, NewFilePerm: 0o600})
	if err != nil {
		return nil, fmt.Errorf("s3: data folder: %w", err)
	}
	run, cancel := context.WithCancel(context.Background())
	s := &Server{cfg: cfg, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(s.done)
		s.err = embedgw.RunVersityGW(run, backend, &embedgw.Config{
			RootUserAccess: cfg.AccessKey, RootUserSecret: cfg.SecretKey, Region: cfg.Region,
			Ports:          []string{fmt.Sprintf("127.0.0.1:%d", cfg.Port)},
			MaxConnections: 1000, MaxRequests: 500, MultipartMaxParts: 10000,
			KeepAlive: true, Quiet: true, DisableACLs: true,
		})
	}()
	if err := s.prepare(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// URL is the endpoint; buckets are addressed by path.
func (s *Server) URL() string { return fmt.Sprintf("http://127.0.0.1:%d", s.cfg.Port) }

// Close ends the gateway and returns when it is gone.
func (s *Server) Close() {
	s.cancel()
	<-s.done
}

// prepare waits for the port and makes the bucket.
func (s *Server) prepare(ctx context.Context) error {
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for {
		conn, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", s.cfg.Port), time.Second)
		if err == nil {
			_ = conn.Close()
			return s.makeBucket(ctx)
		}
		select {
		case <-s.done:
			return fmt.Errorf("s3: %w", s.err)
		case <-ctx.Done():
			return fmt.Errorf("s3: not ready: %w", ctx.Err())
		case <-ticker.C:
		}
	}
}

func (s *Server) makeBucket(ctx context.Context) error {
	client := s3.New(s3.Options{
		Region: s.cfg.Region, BaseEndpoint: aws.String(s.URL()), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(s.cfg.AccessKey, s.cfg.SecretKey, ""),
	})
	if _, err := client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &s.cfg.Bucket}); err != nil {
		if _, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &s.cfg.Bucket}); err != nil {
			return fmt.Errorf("s3: create bucket %s: %w", s.cfg.Bucket, err)
		}
	}
	_, err := client.PutBucketCors(ctx, &s3.PutBucketCorsInput{
		Bucket: &s.cfg.Bucket,
		CORSConfiguration: &types.CORSConfiguration{CORSRules: []types.CORSRule{{
			AllowedMethods: []string{"GET", "PUT"}, AllowedOrigins: s.cfg.Origins,
			AllowedHeaders: []string{"content-type", "content-length", "if-none-match", "x-amz-checksum-sha256", "x-amz-tagging"},
			ExposeHeaders:  []string{"ETag"},
		}}},
	})
	if err != nil {
		return fmt.Errorf("s3: CORS of %s: %w", s.cfg.Bucket, err)
	}
	return nil
}
