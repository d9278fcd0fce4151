package main

import (
	"reflect"
	"slices"
	"testing"

	"github.com/parley-im/parley/pkg/topology"
)

type tableProperties struct {
	BillingMode          string
	KeySchema            []keySchema
	AttributeDefinitions []struct{ AttributeType string }
	Replicas             []struct {
		DeletionProtectionEnabled        bool
		PointInTimeRecoverySpecification struct{ PointInTimeRecoveryEnabled bool }
	}
	SSESpecification struct {
		SSEEnabled bool
	}
	TimeToLiveSpecification struct {
		AttributeName string
		Enabled       bool
	}
	GlobalSecondaryIndexes []struct {
		IndexName  string
		KeySchema  []keySchema
		Projection struct{ ProjectionType string }
	}
}

type keySchema struct{ AttributeName, KeyType string }

func schema(partition, sort string) []keySchema {
	keys := []keySchema{{partition, "HASH"}}
	if sort != "" {
		keys = append(keys, keySchema{sort, "RANGE"})
	}
	return keys
}

func TestTablesAreOnDemandRecoverableAndForgetExpiredItems(t *testing.T) {
	stack := productionTemplate(t)
	tables := all[tableProperties](t, stack, "AWS::DynamoDB::GlobalTable")
	if len(tables) != len(topology.Tables) {
		t.Errorf("%d tables, topology lists %d", len(tables), len(topology.Tables))
	}
	for _, want := range topology.Tables {
		got := tables[stack.table(t, want.Name)]
		if got.BillingMode != "PAY_PER_REQUEST" {
			t.Errorf("%s is billed by %s", want.Name, got.BillingMode)
		}
		if len(got.Replicas) != 1 || !got.Replicas[0].PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled {
			t.Errorf("%s has the replicas %+v", want.Name, got.Replicas)
		}
		if got.TimeToLiveSpecification.AttributeName != want.TTL || !got.TimeToLiveSpecification.Enabled {
			t.Errorf("%s expires by %+v", want.Name, got.TimeToLiveSpecification)
		}
		if got.SSESpecification.SSEEnabled {
			t.Errorf("%s is encrypted with a key of KMS, which is billed per request", want.Name)
		}
		if !slices.Equal(got.KeySchema, schema(want.PartitionKey, want.SortKey)) {
			t.Errorf("%s has the keys %v", want.Name, got.KeySchema)
		}
		for _, attribute := range got.AttributeDefinitions {
			if attribute.AttributeType != "S" {
				t.Errorf("%s has a key of type %s", want.Name, attribute.AttributeType)
			}
		}
		if len(got.GlobalSecondaryIndexes) != len(want.Indexes) {
			t.Fatalf("%s has the indexes %v", want.Name, got.GlobalSecondaryIndexes)
		}
		for i, index := range want.Indexes {
			got := got.GlobalSecondaryIndexes[i]
			if got.IndexName != index.Name || got.Projection.ProjectionType != "KEYS_ONLY" ||
				!slices.Equal(got.KeySchema, schema(index.PartitionKey, index.SortKey)) {
				t.Errorf("%s has the index %+v", want.Name, got)
			}
		}
	}
}

type queueProperties struct {
	SqsManagedSseEnabled   bool
	MessageRetentionPeriod int
	VisibilityTimeout      int
	RedrivePolicy          struct {
		DeadLetterTargetArn string `json:"deadLetterTargetArn"`
		MaxReceiveCount     int    `json:"maxReceiveCount"`
	}
}

// fed are the functions that a queue invokes.
func fed() (functions []topology.Function) {
	for _, f := range topology.Functions {
		if f.Queue != nil {
			functions = append(functions, f)
		}
	}
	return functions
}

func TestQueuesGiveUpIntoADeadLetterQueue(t *testing.T) {
	stack := productionTemplate(t)
	queues := all[queueProperties](t, stack, "AWS::SQS::Queue")
	dead := []string{stack.queue(t, topology.Offline.DeadLetter.Name)}
	for _, f := range fed() {
		got := queues[stack.queue(t, f.Queue.Name)]
		if got.VisibilityTimeout != int(f.Queue.Visibility.Seconds()) {
			t.Errorf("messages to %s are hidden for %d s", f.Name, got.VisibilityTimeout)
		}
		id := stack.queue(t, f.Queue.DeadLetter.Name)
		if got.RedrivePolicy.DeadLetterTargetArn != "${"+id+".Arn}" || got.RedrivePolicy.MaxReceiveCount != f.Queue.MaxReceives {
			t.Errorf("%s gives up as %+v", f.Name, got.RedrivePolicy)
		}
		dead = append(dead, id)
	}
	for _, id := range dead {
		if days := queues[id].MessageRetentionPeriod / (24 * 60 * 60); days != 14 {
			t.Errorf("%s keeps messages %d days", id, days)
		}
	}
	for id, queue := range queues {
		if !queue.SqsManagedSseEnabled {
			t.Errorf("%s is not encrypted", id)
		}
	}
}

func TestFunctionsTakeBatchesFromTheirQueueAndReportEachMessage(t *testing.T) {
	stack := productionTemplate(t)
	mappings := map[any]map[string]any{}
	for _, r := range stack.Resources {
		if r.Type == "AWS::Lambda::EventSourceMapping" {
			mappings[r.Properties["FunctionName"]] = r.Properties
		}
	}
	if len(mappings) != len(fed()) {
		t.Errorf("%d functions are fed, topology lists %d", len(mappings), len(fed()))
	}
	for _, f := range fed() {
		mapping := mappings["${"+stack.alias(t, f.Name)+"}:live"]
		for property, want := range map[string]any{
			"EventSourceArn":        "${" + stack.queue(t, f.Queue.Name) + ".Arn}",
			"BatchSize":             float64(f.Queue.Batch),
			"FunctionResponseTypes": []any{"ReportBatchItemFailures"},
		} {
			if got := mapping[property]; !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %s is %v, want %v", f.Name, property, got, want)
			}
		}
	}
}

func TestPushListensToTheTopicWithADeadLetterQueue(t *testing.T) {
	stack := productionTemplate(t)
	dead := stack.queue(t, topology.Offline.DeadLetter.Name)
	var subscription map[string]any
	for _, r := range stack.Resources {
		if r.Type == "AWS::SNS::Subscription" && r.Properties["Protocol"] == "lambda" {
			subscription = r.Properties
		}
	}
	for property, want := range map[string]any{
		"Protocol":      "lambda",
		"Endpoint":      "${" + stack.alias(t, "push") + "}",
		"TopicArn":      "${" + stack.topic(t, topology.Offline.Name) + "}",
		"RedrivePolicy": map[string]any{"deadLetterTargetArn": "${" + dead + ".Arn}"},
	} {
		if got := subscription[property]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v, want %v", property, got, want)
		}
	}
}

func TestWhatPushFailsAtIsTriedAgainAndThenKept(t *testing.T) {
	stack := productionTemplate(t)
	config := stack.Resources[stack.only(t, "AWS::Lambda::EventInvokeConfig")].Properties
	dead := stack.queue(t, topology.Offline.DeadLetter.Name)
	for property, want := range map[string]any{
		"FunctionName":         "${" + stack.function(t, "push") + "}",
		"MaximumRetryAttempts": float64(2),
		"DestinationConfig":    map[string]any{"OnFailure": map[string]any{"Destination": "${" + dead + ".Arn}"}},
	} {
		if got := config[property]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v, want %v", property, got, want)
		}
	}
}

func TestTickIsInvokedEachMinute(t *testing.T) {
	stack := productionTemplate(t)
	rule := stack.Resources[stack.only(t, "AWS::Events::Rule")].Properties
	for property, want := range map[string]any{
		"Name":               "parley-prod-" + topology.Tick.Name,
		"ScheduleExpression": "rate(1 minute)",
		"State":              "ENABLED",
		"Targets": []any{map[string]any{
			"Arn": "${" + stack.alias(t, "tick") + "}", "Id": "Target0", "RetryPolicy": map[string]any{"MaximumEventAgeInSeconds": 60.0},
		}},
	} {
		if got := rule[property]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v, want %v", property, got, want)
		}
	}
}

func TestTopicsQueuesAndBucketsRefusePlainText(t *testing.T) {
	stack := productionTemplate(t)
	refused := map[string]bool{}
	for _, kind := range []string{"AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::S3::BucketPolicy"} {
		for _, p := range all[struct {
			Bucket         string
			Queues, Topics []string
			PolicyDocument struct{ Statement []statement }
		}](t, stack, kind) {
			for _, s := range p.PolicyDocument.Statement {
				if s.Effect == "Deny" && reflect.DeepEqual(s.Condition, map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}}) {
					for _, on := range slices.Concat(p.Queues, p.Topics, []string{p.Bucket}) {
						refused[on] = true
					}
				}
			}
		}
	}
	for id, r := range stack.Resources {
		switch r.Type {
		case "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::S3::Bucket":
			if !refused["${"+id+"}"] {
				t.Errorf("%s accepts plain text", id)
			}
		}
	}
}

func TestBucketIsPrivateAndForgetsWhatNobodyNamed(t *testing.T) {
	stack := productionTemplate(t)
	bucket := stack.Resources[stack.only(t, "AWS::S3::Bucket")].Properties
	rules := []any{map[string]any{
		"Id": "expire-pending", "Status": "Enabled", "ExpirationInDays": float64(topology.Media.PendingDays),
		"TagFilters": []any{map[string]any{"Key": topology.Media.PendingKey, "Value": topology.Media.PendingValue}},
	}}
	for _, days := range topology.Media.Lives {
		tag := topology.LifeTag(days)
		rules = append(rules, map[string]any{
			"Id": "expire-" + tag, "Status": "Enabled", "ExpirationInDays": float64(days),
			"TagFilters": []any{map[string]any{"Key": topology.Media.PendingKey, "Value": tag}},
		})
	}
	rules = append(rules, map[string]any{
		"Id": "abort-multipart", "Status": "Enabled",
		"AbortIncompleteMultipartUpload": map[string]any{"DaysAfterInitiation": 1.0},
	})
	yes := map[string]any{"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true}
	for property, want := range map[string]any{
		"PublicAccessBlockConfiguration": yes,
		"OwnershipControls":              map[string]any{"Rules": []any{map[string]any{"ObjectOwnership": "BucketOwnerEnforced"}}},
		"VersioningConfiguration":        nil,
		"BucketEncryption": map[string]any{"ServerSideEncryptionConfiguration": []any{
			map[string]any{"ServerSideEncryptionByDefault": map[string]any{"SSEAlgorithm": "AES256"}},
		}},
		"LifecycleConfiguration": map[string]any{"Rules": rules},
		"CorsConfiguration": map[string]any{"CorsRules": []any{map[string]any{
			"AllowedOrigins": []any{"https://app.example.com", "http://localhost:8080"},
			"AllowedMethods": []any{"PUT", "GET"},
			"AllowedHeaders": []any{"content-type", "content-length", "if-none-match", "x-amz-checksum-sha256", "x-amz-tagging"},
			"ExposedHeaders": []any{"ETag"},
			"MaxAge":         3600.0,
		}}},
	} {
		if got := bucket[property]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v, want %v", property, got, want)
		}
	}
}

func TestBucketAnswersNoPageWhenNoOriginIsAllowed(t *testing.T) {
	stack := templateOf(t, map[string]any{"origins": ""})
	if cors := stack.Resources[stack.only(t, "AWS::S3::Bucket")].Properties["CorsConfiguration"]; cors != nil {
		t.Errorf("CORS is %v", cors)
	}
}
