package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/parley-im/parley/pkg/topology"
)

func TestEachClassOfDataHasAKeyOfItsOwnIfAskedFor(t *testing.T) {
	stack := templateOf(t, map[string]any{"kms": "tables,media,topics,queues"})
	keys := map[string]string{}
	for _, class := range dataClasses {
		alias := stack.named(t, "AWS::KMS::Alias", "AliasName", "alias/parley-prod-"+class)
		target := stack.Resources[alias].Properties["TargetKeyId"].(string)
		keys[class] = strings.TrimSuffix(strings.TrimPrefix(target, "${"), ".Arn}")
		key := stack.Resources[keys[class]]
		if key.Type != "AWS::KMS::Key" || key.Properties["EnableKeyRotation"] != true || key.DeletionPolicy != "Retain" {
			t.Errorf("the key of %s is %+v", class, key)
		}
	}
	for id, r := range stack.Resources {
		class, properties := "", r.Properties
		var by any
		switch r.Type {
		case "AWS::DynamoDB::GlobalTable":
			class = tableData
			by = properties["Replicas"].([]any)[0].(map[string]any)["SSESpecification"].(map[string]any)["KMSMasterKeyId"]
		case "AWS::S3::Bucket":
			class = mediaData
			rule := properties["BucketEncryption"].(map[string]any)["ServerSideEncryptionConfiguration"].([]any)[0].(map[string]any)
			by = rule["ServerSideEncryptionByDefault"].(map[string]any)["KMSMasterKeyID"]
			if rule["BucketKeyEnabled"] != true {
				t.Errorf("%s asks KMS for every object", id)
			}
		case "AWS::SNS::Topic":
			if properties["TopicName"] == "parley-prod-alarms" {
				continue // holds nobody's data
			}
			class, by = topicData, properties["KmsMasterKeyId"]
		case "AWS::SQS::Queue":
			class, by = queueData, properties["KmsMasterKeyId"]
		default:
			continue
		}
		if want := "${" + keys[class] + ".Arn}"; by != want {
			t.Errorf("%s is encrypted by %v, want %s", id, by, want)
		}
	}
	for _, f := range topology.Functions {
		var want []string
		for _, g := range f.Grants {
			if class := dataClass(g.On); class != "" {
				want = append(want, "kms:Decrypt on ${"+keys[class]+".Arn}", "kms:GenerateDataKey on ${"+keys[class]+".Arn}")
			}
		}
		slices.Sort(want)
		var got []string
		for _, permission := range roleOf(t, stack, f.Name).permissions(t) {
			if strings.HasPrefix(permission, "kms:") {
				got = append(got, permission)
			}
		}
		if !slices.Equal(got, slices.Compact(want)) {
			t.Errorf("%s may %v, want %v", f.Name, got, want)
		}
	}
}

func TestWithoutKeysNobodyPaysForThem(t *testing.T) {
	for id, r := range productionTemplate(t).Resources {
		if strings.HasPrefix(r.Type, "AWS::KMS") {
			t.Errorf("%s (%s)", id, r.Type)
		}
	}
}
