package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/pkg/topology"
)

// addTables creates the tables: on demand, so that an idle stage costs its storage and nothing more, and with a key that
// DynamoDB owns, because every other key bills requests to KMS. A table that was restored from a backup is CloudFormation's only
// by name: the stack's own stays beside it.
func (d *deployment) addTables() {
	group := d.group("Tables")
	d.tables = map[string]awsdynamodb.ITableV2{}
	for _, t := range topology.Tables {
		var indexes []*awsdynamodb.GlobalSecondaryIndexPropsV2
		for _, i := range t.Indexes {
			indexes = append(indexes, &awsdynamodb.GlobalSecondaryIndexPropsV2{
				IndexName:      jsii.String(i.Name),
				PartitionKey:   key(i.PartitionKey),
				SortKey:        key(i.SortKey),
				ProjectionType: awsdynamodb.ProjectionType_KEYS_ONLY,
			})
		}
		table := awsdynamodb.NewTableV2(group, jsii.String(t.Name), &awsdynamodb.TablePropsV2{
			TableName:              d.name(t.Name),
			PartitionKey:           key(t.PartitionKey),
			SortKey:                key(t.SortKey),
			TimeToLiveAttribute:    jsii.String(t.TTL),
			GlobalSecondaryIndexes: &indexes,
			Billing:                awsdynamodb.Billing_OnDemand(nil),
			Encryption:             awsdynamodb.TableEncryptionV2_DynamoOwnedKey(),
			PointInTimeRecoverySpecification: &awsdynamodb.PointInTimeRecoverySpecification{
				// A fifth of what storage costs: not for a stage that anybody can make anew.
				PointInTimeRecoveryEnabled: jsii.Bool(d.stage != "dev"),
			},
			DeletionProtection: jsii.Bool(d.production()),
			RemovalPolicy:      d.removal(),
		})
		if key, ok := d.keys[tableData]; ok {
			seal(table, key)
		}
		d.tables[t.Name] = table
	}
	if d.conversations != "" {
		d.tables[topology.Conversations.Name] = awsdynamodb.TableV2_FromTableName(group, jsii.String("Restored"), jsii.String(d.conversations))
	}
}

// key is a key attribute, or nil for no name. All keys of the topology are strings.
func key(name string) *awsdynamodb.Attribute {
	if name == "" {
		return nil
	}
	return &awsdynamodb.Attribute{Name: jsii.String(name), Type: awsdynamodb.AttributeType_STRING}
}

// seal encrypts a table with a key. The construct would do so only in a stack that names its region.
func seal(table awsdynamodb.TableV2, key awskms.Key) {
	plain := table.Node().DefaultChild().(awsdynamodb.CfnGlobalTable)
	plain.AddPropertyOverride(jsii.String("SSESpecification"), map[string]any{"SSEEnabled": true, "SSEType": "KMS"})
	plain.AddPropertyOverride(jsii.String("Replicas.0.SSESpecification"), map[string]any{"KMSMasterKeyId": key.KeyArn()})
}
