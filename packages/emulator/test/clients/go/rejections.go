package main

import (
	"regexp"

	"cloud.google.com/go/cloudtasks/apiv2/cloudtaskspb"
	"google.golang.org/grpc/codes"
)

// The cases about rejected calls.
var rejectionCases = []testCase{
	{"bad-queue-name", badQueueName},
	{"bad-task-id", badTaskID},
	{"missing-queue", missingQueue},
	{"schedule-too-far", scheduleTooFar},
}

func invalidArgument(message *regexp.Regexp, help string) rejection {
	return rejection{code: codes.InvalidArgument, status: 400, message: message, help: help}
}

func badQueueName(b *bench) {
	_, err := b.createQueue(&cloudtaskspb.Queue{Name: location + "/queues/under_score"})
	rejected(err, invalidArgument(exactly(
		`Queue ID "under_score" can contain only letters ([A-Za-z]), numbers ([0-9]), or hyphens (-). `+
			`Queue ID must be between 1 and 100 characters.`,
	), "Definition of queue ID"))
}

func badTaskID(b *bench) {
	_, err := b.createTask(httpTask("not a valid id", 0, &cloudtaskspb.HttpRequest{Url: nowhere}))
	rejected(err, invalidArgument(exactly(
		`Task ID "not a valid id" can contain only letters ([A-Za-z]), numbers ([0-9]), hyphens (-), or `+
			`underscores (_). Task ID must between 1 and 500 characters.`,
	), "Definition of task ID"))
}

func missingQueue(b *bench) {
	_, err := b.client.CreateTask(b.ctx, &cloudtaskspb.CreateTaskRequest{
		Parent: location + "/queues/none",
		Task:   httpTask("", 0, &cloudtaskspb.HttpRequest{Url: nowhere}),
	})
	rejected(err, notFound(noQueue))
}

func scheduleTooFar(b *bench) {
	_, err := b.createTask(httpTask("", 721*3600, &cloudtaskspb.HttpRequest{Url: nowhere}))
	rejected(err, invalidArgument(regexp.MustCompile(
		`^The Task\.scheduleTime, \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[78]:00, is too far in the future\. `+
			`Schedule time must be no more than 720h in the future\.$`,
	), ""))
}
