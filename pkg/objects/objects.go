// Package objects keeps media in S3.
package objects

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/parley-im/parley/pkg/chat"
)

// Objects implements chat.Objects with one bucket.
type Objects struct {
	client  *s3.Client
	presign *s3.PresignClient
	bucket  string
	pending types.Tag
	life    func(time.Duration) string
	now     func() time.Time
}

// New returns the objects in a bucket. The tag key=pending marks uploads that no message names yet; the bucket's lifecycle
// rule removes them. life is the value of that tag for what is needed for some time, or "" if it must be kept.
func New(client *s3.Client, bucket, key, pending string, life func(time.Duration) string, now func() time.Time) *Objects {
	return &Objects{
		client: client, presign: s3.NewPresignClient(client), bucket: bucket,
		pending: types.Tag{Key: &key, Value: &pending}, life: life, now: now,
	}
}

// SignUpload implements chat.Objects. Length, type, checksum, tag and the refusal to overwrite are part of the signature, so
// S3 refuses any other PUT. Signing makes no request.
func (o *Objects) SignUpload(ctx context.Context, key, contentType string, size int64, sha256 string) (chat.Upload, error) {
	expires := o.now().Add(chat.UploadTime)
	request, err := o.presign.PresignPutObject(ctx, &s3.PutObjectInput{
		Bucket: &o.bucket, Key: &key, ContentType: &contentType, ContentLength: &size, ChecksumSHA256: &sha256,
		IfNoneMatch: aws.String("*"), Tagging: aws.String(*o.pending.Key + "=" + *o.pending.Value),
	}, s3.WithPresignExpires(chat.UploadTime))
	if err != nil {
		return chat.Upload{}, fmt.Errorf("objects: sign upload of %s: %w", key, err)
	}
	headers := map[string]string{}
	for name, values := range request.SignedHeader {
		if name != "Host" {
			headers[strings.ToLower(name)] = strings.Join(values, ",")
		}
	}
	return chat.Upload{URL: request.URL, Headers: headers, Expires: expires}, nil
}

// SignDownload implements chat.Objects. Signing makes no request.
func (o *Objects) SignDownload(ctx context.Context, key, name, contentType string) (string, time.Time, error) {
	request, err := o.presign.PresignGetObject(ctx, &s3.GetObjectInput{
		Bucket: &o.bucket, Key: &key,
		ResponseContentType:        &contentType,
		ResponseContentDisposition: aws.String(mime.FormatMediaType("attachment", map[string]string{"filename": name})),
	}, s3.WithPresignExpires(chat.DownloadTime))
	if err != nil {
		return "", time.Time{}, fmt.Errorf("objects: sign download of %s: %w", key, err)
	}
	return request.URL, o.now().Add(chat.DownloadTime), nil
}

// Stat implements chat.Objects with one HEAD.
func (o *Objects) Stat(ctx context.Context, key string) (string, int64, bool, error) {
	out, err := o.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &o.bucket, Key: &key})
	// Who may not list the bucket, and no function may, gets 403 for what does not exist (S3 API reference, HeadObject).
	if s := status(err); s == http.StatusNotFound || s == http.StatusForbidden {
		return "", 0, false, nil
	}
	if err != nil {
		return "", 0, false, wrap(err, "head "+key)
	}
	return aws.ToString(out.ContentType), aws.ToInt64(out.ContentLength), true, nil
}

// Keep implements chat.Objects by replacing the pending tag.
func (o *Objects) Keep(ctx context.Context, key string) error { return o.tag(ctx, key, kept) }

// kept is the tag of what stays.
const kept = "kept"

// KeepFor implements chat.Objects by replacing the pending tag. What disappears with one message already and is sent in another
// one that lasts for another time is kept for good: the bucket counts a life from the upload.
func (o *Objects) KeepFor(ctx context.Context, key string, life time.Duration) error {
	return o.mark(ctx, key, cmp.Or(o.life(life), kept))
}

// KeepAs implements chat.Objects in the same way.
func (o *Objects) KeepAs(ctx context.Context, key, use string) error { return o.mark(ctx, key, use) }

// Release implements chat.Objects by putting the pending tag back. What is not there is released.
func (o *Objects) Release(ctx context.Context, key, use string) error {
	there, err := o.state(ctx, key)
	// See Stat for 403.
	if s := status(err); s == http.StatusNotFound || s == http.StatusForbidden || err == nil && there != use {
		return nil
	}
	if err != nil {
		return err
	}
	return o.tag(ctx, key, *o.pending.Value)
}

// mark gives an object that is pending a mark. If it has another one, it is kept for good.
func (o *Objects) mark(ctx context.Context, key, value string) error {
	there, err := o.state(ctx, key)
	switch {
	case err != nil, there == kept, there == value:
		return err
	case there == *o.pending.Value:
		return o.tag(ctx, key, value)
	default:
		return o.tag(ctx, key, kept)
	}
}

// state is how an object is marked.
func (o *Objects) state(ctx context.Context, key string) (string, error) {
	out, err := o.client.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: &o.bucket, Key: &key})
	if err != nil {
		return "", wrap(err, "tags of "+key)
	}
	for _, tag := range out.TagSet {
		if aws.ToString(tag.Key) == *o.pending.Key {
			return aws.ToString(tag.Value), nil
		}
	}
	return kept, nil // nothing collects it
}

func (o *Objects) tag(ctx context.Context, key, value string) error {
	_, err := o.client.PutObjectTagging(ctx, &s3.PutObjectTaggingInput{
		Bucket: &o.bucket, Key: &key,
		Tagging: &types.Tagging{TagSet: []types.Tag{{Key: o.pending.Key, Value: &value}}},
	})
	return wrap(err, "tag "+key)
}

func status(err error) int {
	if response, ok := errors.AsType[*awshttp.ResponseError](err); ok {
		return response.HTTPStatusCode()
	}
	return 0
}

// wrap makes what S3 calls its own fault the temporary error that a client may be told.
func wrap(err error, what string) error {
	switch {
	case err == nil:
		return nil
	case status(err) >= 500:
		return fmt.Errorf("objects: %s: %w: %w", what, &chat.Error{Code: chat.Unavailable}, err)
	default:
		return fmt.Errorf("objects: %s: %w", what, err)
	}
}
