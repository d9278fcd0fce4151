package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/pkg/topology"
)

// addBuckets creates the buckets. Their names are left to CloudFormation, because bucket names are shared with the whole
// world. S3 refuses to delete a bucket that is not empty: prod's outlives its stack, and the others are emptied first, by a
// function that the CDK adds for it.
func (d *deployment) addBuckets() {
	group := d.group("Buckets")
	d.buckets = map[string]awss3.Bucket{}
	encryption, key := awss3.BucketEncryption_S3_MANAGED, awskms.IKey(nil)
	if own, ok := d.keys[mediaData]; ok {
		encryption, key = awss3.BucketEncryption_KMS, own
	}
	for _, b := range granted[topology.Bucket]() {
		d.buckets[b.Name] = awss3.NewBucket(group, jsii.String(b.Name), &awss3.BucketProps{
			BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
			ObjectOwnership:   awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
			Encryption:        encryption,
			EncryptionKey:     key,
			BucketKeyEnabled:  enabled(key), // one request to KMS for many objects
			EnforceSSL:        jsii.Bool(true),
			// Off: what is deleted must be gone, not a version that can be read again.
			Versioned:      jsii.Bool(false),
			LifecycleRules: lifecycle(b),
			Cors:           d.cors(),
			RemovalPolicy:  d.removal(),

			AutoDeleteObjects: jsii.Bool(!d.production()),
		})
	}
}

// lifecycle removes what nobody will ask for: objects that no message came to name, those of messages that have disappeared,
// and parts of uploads that never ended. They are separate rules because each has a tag of its own, and S3 takes no tag
// filter on the last.
func lifecycle(b topology.Bucket) *[]*awss3.LifecycleRule {
	rules := []*awss3.LifecycleRule{expire(b, "expire-pending", b.PendingValue, b.PendingDays)}
	for _, days := range b.Lives {
		tag := topology.LifeTag(days)
		rules = append(rules, expire(b, "expire-"+tag, tag, days))
	}
	rules = append(rules, &awss3.LifecycleRule{
		Id:                                  jsii.String("abort-multipart"),
		AbortIncompleteMultipartUploadAfter: awscdk.Duration_Days(jsii.Number(1)),
	})
	return &rules
}

func expire(b topology.Bucket, id, tag string, days int) *awss3.LifecycleRule {
	return &awss3.LifecycleRule{
		Id:         jsii.String(id),
		TagFilters: &map[string]any{b.PendingKey: tag},
		Expiration: awscdk.Duration_Days(jsii.Number(days)),
	}
}

// cors lets pages of the allowed origins use presigned URLs: the headers are those that an upload signs.
func (d *deployment) cors() *[]*awss3.CorsRule {
	if len(d.origins) == 0 {
		return nil
	}
	return &[]*awss3.CorsRule{{
		AllowedOrigins: jsii.Strings(d.origins...),
		AllowedMethods: &[]awss3.HttpMethods{awss3.HttpMethods_PUT, awss3.HttpMethods_GET},
		AllowedHeaders: jsii.Strings("content-type", "content-length", "if-none-match", "x-amz-checksum-sha256", "x-amz-tagging"),
		ExposedHeaders: jsii.Strings("ETag"),
		MaxAge:         jsii.Number(3600),
	}}
}

// enabled is true with a key, and says nothing without.
func enabled(key awskms.IKey) *bool {
	if key == nil {
		return nil
	}
	return jsii.Bool(true)
}
