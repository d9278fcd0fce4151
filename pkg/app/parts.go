package app

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/absences"
	"github.com/parley-im/parley/pkg/connections"
	"github.com/parley-im/parley/pkg/deliver"
	"github.com/parley-im/parley/pkg/endpoints"
	"github.com/parley-im/parley/pkg/media"
	"github.com/parley-im/parley/pkg/notices"
	"github.com/parley-im/parley/pkg/objects"
	"github.com/parley-im/parley/pkg/presence"
	"github.com/parley-im/parley/pkg/send"
	"github.com/parley-im/parley/pkg/shards"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/webpush"
)

func (p *Parts) database() *dynamo.DB { return dynamo.NewFromIface(dynamodb.NewFromConfig(p.aws)) }

func (p *Parts) conversations() *store.Conversations {
	return store.NewConversations(p.database(), p.env.Resource(topology.Conversations), topology.ConversationsByUser.Name).Since(p.env.Epoch())
}

func (p *Parts) sessions() *store.Sessions {
	return store.NewSessions(p.database(), p.env.Resource(topology.Sessions))
}

func (p *Parts) people() *store.People {
	return store.NewPeople(p.database(), p.env.Resource(topology.People))
}

func (p *Parts) schedule() *store.Schedule {
	return store.NewSchedule(p.database(), p.env.Resource(topology.People), topology.PeopleByDue.Name)
}

func (p *Parts) connections() *connections.Connections {
	p.env.Resource(topology.Posts) // the SDK reads it; here it is only required to be set
	return connections.New(p.aws)
}

func (p *Parts) objects() *objects.Objects {
	client := s3.NewFromConfig(p.aws, func(o *s3.Options) {
		// A bucket's own host name works in every region, but not on a laptop; a path works on both.
		o.UsePathStyle = true
	})
	return objects.New(client, p.env.Resource(topology.Media), topology.Media.PendingKey, topology.Media.PendingValue, topology.Media.Life, now)
}

func (p *Parts) endpoints() *endpoints.Endpoints {
	return endpoints.New(sns.NewFromConfig(p.aws), p.env.PushApplications())
}

// browsers can be registered and removed.
func (p *Parts) browsers() *webpush.Browsers {
	hosts, err := webpush.NewHosts(p.env.PushHosts())
	if err != nil {
		p.env.Wrong(topology.EnvPushHosts, err)
	}
	return webpush.New(p.sessions(), hosts, p.env.VapidPublic(), now)
}

// reachable are browsers that can be notified as well, if the deployment has a key pair. The private key is read here, when the
// function starts, so that one that is missing or of another pair fails the deployment and not the first notification. A store
// that is only busy, which 40 starts in a second make it (SSM quotas), must not keep phones from ringing: it is asked again
// when a browser is to be notified.
func (p *Parts) reachable() *webpush.Browsers {
	browsers, public := p.browsers(), p.env.VapidPublic()
	if public == "" {
		return browsers
	}
	name, subject, client := p.env.Resource(topology.Vapid), p.env.VapidSubject(), ssm.NewFromConfig(p.aws)
	keyring := webpush.NewKeyring(func(ctx context.Context) (*webpush.Signer, error) {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		out, err := client.GetParameter(ctx, &ssm.GetParameterInput{Name: &name, WithDecryption: aws.Bool(true)})
		if err != nil {
			return nil, err
		}
		return webpush.NewSigner(aws.ToString(out.Parameter.Value), public, subject)
	})
	switch _, err := keyring.Signer(context.Background()); {
	case err == nil:
	case errors.Is(err, context.DeadlineExceeded) || retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary:
		p.logger.Warn("private key not read yet", "error", err)
	default:
		p.env.Wrong(topology.Vapid.EnvName(), err)
	}
	return browsers.Signed(keyring, p.meter.Pushes(http.DefaultTransport))
}

func (p *Parts) deliverer() *deliver.Deliverer {
	return &deliver.Deliverer{
		Sessions: p.sessions(), Poster: p.connections(), Log: p.conversations(), Now: now, Logger: p.logger,
		Notifier: notices.New(sns.NewFromConfig(p.aws), p.env.Resource(topology.Offline)), Absences: p.absences(),
	}
}

func (p *Parts) board() *presence.Board {
	sessions := p.sessions()
	return &presence.Board{
		Presences: sessions, Watchers: sessions, Pairs: p.people(), Poster: p.teller(), Now: now, Logger: p.logger,
	}
}

// teller is a deliverer that only posts.
func (p *Parts) teller() *deliver.Deliverer {
	return &deliver.Deliverer{Sessions: p.sessions(), Poster: p.connections(), Now: now, Logger: p.logger}
}

// sender appends and hands out with d, which it lets share large conversations.
func (p *Parts) sender(d *deliver.Deliverer) *send.Sender {
	d.Shards = p.shards()
	log := p.conversations()
	keep := p.people()
	return &send.Sender{
		Log: log, Deliver: d, Attachments: &media.Media{Objects: p.objects(), Log: log}, Begin: keep, Now: now,
		Directs: log, People: keep, Sessions: p.sessions(), Standings: log, Timers: d,
	}
}

func (p *Parts) shards() *shards.Queue {
	return shards.New(sqs.NewFromConfig(p.aws), p.env.Resource(topology.Fanout))
}

func (p *Parts) absences() *absences.Queue {
	return absences.New(sqs.NewFromConfig(p.aws), p.env.Resource(topology.Grace))
}
