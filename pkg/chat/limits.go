package chat

import "time"

// Limits of the protocol, published in events/ and in the README.
const (
	// MaxFrame is one billed unit of API Gateway, in bytes, and its limit for one frame. No frame in either direction exceeds it.
	MaxFrame = 32 << 10
	// MaxText is the length of a text in characters.
	MaxText = 16_000
	// MaxMembers is the size of a group, its creator included.
	MaxMembers = 1000
	// InlineMembers is up to how many members ride in the header: above it they are items of their own.
	InlineMembers = 200
	// Shard is how many members one fan-out of a large conversation serves.
	Shard = 200
	// MaxChanges is how much one entry changes at once: an item each, and a transaction has at most 100 (DynamoDB guide, quotas).
	MaxChanges = 99
	// MaxUsers is how many users one request adds, removes or ranks: the entry and the header leave two changes for each.
	MaxUsers = (MaxChanges - 1) / 2
	// MaxInvites is how many links into a group work at a time, and how many that were revoked are remembered until they would have
	// expired.
	MaxInvites = 50
	// InviteLife is how long a link works if the request does not say, and MaxInviteLife how long it may.
	InviteLife    = 7 * 24 * time.Hour
	MaxInviteLife = 30 * 24 * time.Hour
	// MaxPicture is the size of a group's picture in bytes.
	MaxPicture = 5 << 20
	// MaxSlow is how long slow mode may make a member wait between two messages.
	MaxSlow = time.Hour
	// MaxName is the length of a group's name in characters.
	MaxName = 100
	// MaxDisplayName is the length in characters of the name in a profile, and of the one that a contact is given.
	MaxDisplayName = 64
	// MaxAbout is the length in characters of what a profile says about its user.
	MaxAbout = 140
	// MaxProfiles is how many profiles are asked for at once.
	MaxProfiles = 50
	// MaxAttachments is per message.
	MaxAttachments = 10
	// MaxFileName is the length of an attachment's name in characters.
	MaxFileName = 255
	// MaxUpload is the size of one upload in bytes.
	MaxUpload = 100 << 20
	// MaxMentions is how many members one message mentions by name.
	MaxMentions = 50
	// MaxReactions is how many reactions one user has on one message.
	MaxReactions = 10
	// MaxReaction is the length of one reaction in characters: the longest emoji sequences in use have ten.
	MaxReaction = 16
	// MaxKinds is how many different reactions one message has.
	MaxKinds = 20
	// ShownReactors is how many people a frame names at most who reacted in one way; the count is of all.
	ShownReactors = 5
	// EditWindow is how long after sending a message can be edited, by the server's clock.
	EditWindow = 24 * time.Hour
	// DeleteWindow is how long after sending its author can delete a message for all. Who has CanErase always can.
	DeleteWindow = 48 * time.Hour
	// MaxEdits is how often a message can be edited.
	MaxEdits = 10
	// MaxHides is how many messages one request hides.
	MaxHides = 100
	// ShownHides is how many of the messages that a user has hidden last are listed for devices that were away.
	ShownHides = 200
	// MaxPins is how many messages of a conversation are pinned.
	MaxPins = 50
	// MaxFollowers is how many follow a thread; others can read it and write in it.
	MaxFollowers = InlineMembers
	// MaxRoots is about how many messages one request asks for threads.
	MaxRoots = 50
	// MinTimer and MaxTimer are between how long a message may last that disappears.
	MinTimer = 5 * time.Second
	MaxTimer = 90 * 24 * time.Hour
	// MaxTimers is of how many messages one event tells that their timers have started.
	MaxTimers = 400
	// UnreadLife is how long a message lasts whose timer begins when it is read, if nobody does.
	UnreadLife = 90 * 24 * time.Hour
	// MaxRef is the length of a frame's ref in characters.
	MaxRef = 64
	// MaxToken is the length of a device's push token in characters.
	MaxToken = 4096
	// MaxCursors is how many conversations one sync names.
	MaxCursors = 50
	// MaxReceipts is how many conversations one frame of receipts names.
	MaxReceipts = 50
	// MaxLiveReceipts is the size of a conversation up to which the author of the newest message hears at once that it was
	// read. Above it one asks.
	MaxLiveReceipts = 100
	// MaxUnread is up to how many unread messages are counted: beyond it there are more.
	MaxUnread = 99
	// MaxCounted is how many entries are looked at to count them.
	MaxCounted = 1000
	// MaxChanged is how many conversations are looked at for a page of those that have changed.
	MaxChanged = 500
	// MaxHistory is how many entries one history page holds.
	MaxHistory = 200
	// DefaultHistory is how many it holds if the request does not say.
	DefaultHistory = 50
	// MaxPage is how many conversations or members one page lists.
	MaxPage = 100
	// DefaultPage is how many it lists if the request does not say.
	DefaultPage = 50
	// MaxQuery is the length of what is searched for in characters.
	MaxQuery = 200
	// MaxHits is how many hits one page of a search holds.
	MaxHits = 100
	// DefaultHits is how many it holds if the request does not say.
	DefaultHits = 20
	// MaxScanned is how many entries one request of a search looks at before it returns what it has found so far.
	MaxScanned = 5000
	// MaxConnections is how many sockets a user holds at once; the oldest gives way.
	MaxConnections = 10
	// MaxEndpoints is how many devices of a user are notified; the one registered first gives way.
	MaxEndpoints = 25
	// MaxPushURL is the length of the URL by which a browser is notified, in bytes: FCM's have about 200, those of Windows 500.
	MaxPushURL = 1024
	// MaxResend is how many entries behind the head a resend may be: beyond that the client syncs first.
	MaxResend = 1000
	// UserRate is how many entries a second one user adds to one conversation in the long run.
	UserRate = 5
	// UserBurst is how many a user adds at once after a pause.
	UserBurst = 20
	// ConversationRate is how many entries a second all members together add to a conversation in the long run.
	ConversationRate = 50
	// ConversationBurst is how many they add at once after a pause.
	ConversationBurst = 200
	// FrameRate is how many frames a second of one user a running function serves in the long run. It is counted by each
	// instance of a function for itself.
	FrameRate = 20
	// FrameBurst is how many it serves at once after a pause.
	FrameBurst = 100
	// BeginRate is how many direct conversations a user begins per hour in the long run.
	BeginRate = 30
	// BeginBurst is how many a user begins at once after a pause.
	BeginBurst = 30
	// MaxTyping is the size of a conversation up to which members are told who is typing.
	MaxTyping = 100
	// TypingTime is how long somebody is shown as typing who does not say so again.
	TypingTime = 10 * time.Second
	// MaxWatch is how many users one request watches.
	MaxWatch = 50
	// MaxWatchers is how many devices watch a user: each of them makes every further one more expensive to add.
	MaxWatchers = 200
	// MaxStatus is how long a status that ends by itself may last.
	MaxStatus = 7 * 24 * time.Hour
	// Grace is how long somebody whose last connection left is not yet offline.
	Grace = 20 * time.Second
	// UploadTime is how long a signed URL accepts an upload.
	UploadTime = 5 * time.Minute
	// DownloadTime is how long a signed URL serves a download.
	DownloadTime = 5 * time.Minute
	// ConnectionLife is how long API Gateway lets a connection live (aws.md §1.1).
	ConnectionLife = 2 * time.Hour
	// ConnectionMargin is how much longer a connection is believed in, because clocks differ.
	ConnectionMargin = 5 * time.Minute
	// DraftRetention is how long a draft that nobody touches is kept.
	DraftRetention = 90 * 24 * time.Hour
	// ShownDraft is how many characters of a draft the list of conversations shows.
	ShownDraft = 80
	// DraftPause is how long a client waits for more before it sends a draft: while somebody types, none is sent.
	DraftPause = 2 * time.Second
	// MaxScheduled is how many scheduled messages a user has, those included that failed and were not dismissed.
	MaxScheduled = 100
	// MinSchedule and MaxSchedule are how far ahead a message can be scheduled.
	MinSchedule = 5 * time.Second
	MaxSchedule = 30 * 24 * time.Hour
	// ScheduleEvery is how often is looked what is due: a scheduled message is sent never early, and late by up to this.
	ScheduleEvery = time.Minute
	// SchedulePatience is how long a scheduled message is tried that meets temporary errors only.
	SchedulePatience = time.Hour
	// ScheduleRetention is how long one is kept that could not be sent, with the reason.
	ScheduleRetention = 7 * 24 * time.Hour
	// SessionRetention is how long a user who never returns is remembered.
	SessionRetention = 400 * 24 * time.Hour
)

// MediaTypes are the types that may be uploaded. Scripts and markup are not among them, so that nothing served from the
// bucket runs in a browser.
var MediaTypes = map[string]bool{
	"image/jpeg": true, "image/png": true, "image/gif": true, "image/webp": true, "image/heic": true,
	"audio/mpeg": true, "audio/mp4": true, "audio/ogg": true, "audio/webm": true, "audio/wav": true,
	"video/mp4": true, "video/webm": true, "video/quicktime": true,
	"application/pdf": true, "application/zip": true, "text/plain": true, "application/octet-stream": true,
}
