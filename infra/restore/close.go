package main

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"

	"github.com/parley-im/parley/pkg/chat"
)

// connection precedes the id of a connection in the name of an attribute of a session (package store).
const connection = "c#"

// closer ends every connection, so that every client lists its conversations anew: a client that stays connected takes a number
// that is given again for what it has. Each closing is one request of the account's quota; clients return by themselves, at
// random times.
type closer struct {
	db      *dynamodb.Client
	table   string
	poster  chat.Poster
	workers int
}

// close ends the connections and returns how many there were. Repeating it ends those that came meanwhile as well.
func (c closer) close(ctx context.Context) (int64, error) {
	var closed atomic.Int64
	var group errgroup.Group // one that fails does not stop the others
	group.SetLimit(c.workers)
	pages := dynamodb.NewScanPaginator(c.db, &dynamodb.ScanInput{TableName: aws.String(c.table)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			_ = group.Wait()
			return closed.Load(), fmt.Errorf("read %s: %w", c.table, err)
		}
		for _, id := range live(page.Items) {
			group.Go(func() error {
				err := c.poster.Close(ctx, id)
				if err == nil {
					closed.Add(1)
				}
				return err
			})
		}
	}
	err := group.Wait()
	return closed.Load(), err
}

func live(sessions []map[string]types.AttributeValue) (ids []chat.ConnectionID) {
	for _, session := range sessions {
		for name := range session {
			if id, ok := strings.CutPrefix(name, connection); ok {
				ids = append(ids, chat.ConnectionID(id))
			}
		}
	}
	return ids
}
