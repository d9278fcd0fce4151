package dynamodb

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parley-im/parley/pkg/topology"
)

// Create makes the tables that do not exist yet, named as in the topology, with their indexes and time to live.
func Create(ctx context.Context, client *dynamodb.Client, tables ...topology.Table) error {
	for _, t := range tables {
		_, err := client.CreateTable(ctx, definition(t))
		if _, exists := errors.AsType[*types.ResourceInUseException](err); exists {
			continue
		}
		if err != nil {
			return fmt.Errorf("dynamodb: create table %s: %w", t.Name, err)
		}
		_, err = client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
			TableName:               &t.Name,
			TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: &t.TTL, Enabled: aws.Bool(true)},
		})
		if err != nil {
			return fmt.Errorf("dynamodb: time to live of %s: %w", t.Name, err)
		}
	}
	return nil
}

// definition is the request that makes a table. All keys are strings.
func definition(t topology.Table) *dynamodb.CreateTableInput {
	attributes := map[string]bool{}
	keys := func(partition, sort string) []types.KeySchemaElement {
		schema := []types.KeySchemaElement{{AttributeName: &partition, KeyType: types.KeyTypeHash}}
		attributes[partition] = true
		if sort != "" {
			schema = append(schema, types.KeySchemaElement{AttributeName: &sort, KeyType: types.KeyTypeRange})
			attributes[sort] = true
		}
		return schema
	}
	input := &dynamodb.CreateTableInput{
		TableName: &t.Name, BillingMode: types.BillingModePayPerRequest, KeySchema: keys(t.PartitionKey, t.SortKey),
	}
	for _, i := range t.Indexes {
		input.GlobalSecondaryIndexes = append(input.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: &i.Name, KeySchema: keys(i.PartitionKey, i.SortKey),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
		})
	}
	for name := range attributes {
		input.AttributeDefinitions = append(input.AttributeDefinitions, types.AttributeDefinition{
			AttributeName: aws.String(name), AttributeType: types.ScalarAttributeTypeS,
		})
	}
	return input
}
