package main

import (
	"errors"
	"time"

	"cloud.google.com/go/cloudtasks/apiv2/cloudtaskspb"
	"cloud.google.com/go/iam/apiv1/iampb"
	"google.golang.org/api/iterator"
	locationpb "google.golang.org/genproto/googleapis/cloud/location"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

// The cases about queues, locations and policies.
var queueCases = []testCase{
	{"create-queue", createQueue},
	{"get-queue-defaults", getQueueDefaults},
	{"list-queues", listQueues},
	{"update-queue", updateQueue},
	{"pause-resume", pauseResume},
	{"purge-queue", purgeQueue},
	{"delete-queue", deleteQueue},
	{"iam-policy", iamPolicy},
	{"locations", locations},
}

func (b *bench) createQueue(q *cloudtaskspb.Queue) (*cloudtaskspb.Queue, error) {
	return b.client.CreateQueue(b.ctx, &cloudtaskspb.CreateQueueRequest{Parent: location, Queue: q})
}

func (b *bench) getQueue(name string) (*cloudtaskspb.Queue, error) {
	return b.client.GetQueue(b.ctx, &cloudtaskspb.GetQueueRequest{Name: name})
}

// collect reads an iterator to its end.
func collect[T any](next func() (T, error)) []T {
	var all []T
	for {
		one, err := next()
		if errors.Is(err, iterator.Done) {
			return all
		}
		all = append(all, must(one, err))
	}
}

func queueNames(queues []*cloudtaskspb.Queue) []string {
	var names []string
	for _, q := range queues {
		names = append(names, q.Name)
	}
	return names
}

func createQueue(b *bench) {
	q := &cloudtaskspb.Queue{
		Name:       location + "/queues/mail",
		RateLimits: &cloudtaskspb.RateLimits{MaxDispatchesPerSecond: 1, MaxConcurrentDispatches: 2},
		RetryConfig: &cloudtaskspb.RetryConfig{
			MaxAttempts:      -1,
			MaxRetryDuration: durationpb.New(90 * time.Second),
			MinBackoff:       durationpb.New(250 * time.Millisecond),
			MaxBackoff:       durationpb.New(10500 * time.Millisecond),
			MaxDoublings:     3,
		},
	}
	created := must(b.createQueue(q))
	equal(created.State, cloudtaskspb.Queue_RUNNING)
	equal(created.RateLimits.MaxBurstSize, 10)
	equal(created.RateLimits.MaxConcurrentDispatches, 2)
	equal(created.RetryConfig, q.RetryConfig)
	equal(must(b.getQueue(q.Name)), created)
	_, err := b.createQueue(q)
	rejected(err, alreadyExists("Queue already exists"))
}

func getQueueDefaults(b *bench) {
	name := location + "/queues/plain"
	must(b.createQueue(&cloudtaskspb.Queue{Name: name}))
	equal(must(b.getQueue(name)), &cloudtaskspb.Queue{
		Name:  name,
		State: cloudtaskspb.Queue_RUNNING,
		RateLimits: &cloudtaskspb.RateLimits{
			MaxDispatchesPerSecond:  500,
			MaxBurstSize:            100,
			MaxConcurrentDispatches: 1000,
		},
		RetryConfig: &cloudtaskspb.RetryConfig{
			MaxAttempts:  100,
			MinBackoff:   durationpb.New(100 * time.Millisecond),
			MaxBackoff:   durationpb.New(time.Hour),
			MaxDoublings: 16,
		},
	})
}

func listQueues(b *bench) {
	for _, id := range []string{"b", "a"} {
		must(b.createQueue(&cloudtaskspb.Queue{Name: location + "/queues/" + id}))
	}
	all := b.client.ListQueues(b.ctx, &cloudtaskspb.ListQueuesRequest{Parent: location, PageSize: 2})
	var first, second []*cloudtaskspb.Queue
	pager := iterator.NewPager(all, 2, "")
	token := must(pager.NextPage(&first))
	equal(queueNames(first), []string{location + "/queues/a", location + "/queues/b"})
	equal(token != "", true)
	equal(must(pager.NextPage(&second)), "")
	equal(queueNames(second), []string{queue})
	must(b.client.PauseQueue(b.ctx, &cloudtaskspb.PauseQueueRequest{Name: queue}))
	paused := b.client.ListQueues(b.ctx, &cloudtaskspb.ListQueuesRequest{Parent: location, Filter: "state: PAUSED"})
	equal(queueNames(collect(paused.Next)), []string{queue})
}

func updateQueue(b *bench) {
	expected := must(b.getQueue(queue))
	updated := must(b.client.UpdateQueue(b.ctx, &cloudtaskspb.UpdateQueueRequest{
		Queue: &cloudtaskspb.Queue{
			Name:        queue,
			RateLimits:  &cloudtaskspb.RateLimits{MaxDispatchesPerSecond: 7, MaxConcurrentDispatches: 3},
			RetryConfig: &cloudtaskspb.RetryConfig{MaxAttempts: 2},
		},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"rate_limits.max_concurrent_dispatches"}},
	}))
	expected.RateLimits.MaxConcurrentDispatches = 3
	equal(updated, expected)
	equal(must(b.getQueue(queue)), expected)
}

func pauseResume(b *bench) {
	t := newTarget(200)
	defer t.Close()
	paused := must(b.client.PauseQueue(b.ctx, &cloudtaskspb.PauseQueueRequest{Name: queue}))
	equal(paused.State, cloudtaskspb.Queue_PAUSED)
	must(b.createTask(httpTask("", 0, &cloudtaskspb.HttpRequest{Url: t.URL})))
	b.advance("1m")
	t.all(0)
	resumed := must(b.client.ResumeQueue(b.ctx, &cloudtaskspb.ResumeQueueRequest{Name: queue}))
	equal(resumed.State, cloudtaskspb.Queue_RUNNING)
	b.idle()
	t.all(1)
}

func purgeQueue(b *bench) {
	must(b.createTask(httpTask("before", 3600, &cloudtaskspb.HttpRequest{Url: nowhere})))
	started := time.Now().Truncate(time.Millisecond)
	purged := must(b.client.PurgeQueue(b.ctx, &cloudtaskspb.PurgeQueueRequest{Name: queue}))
	equal(purged.PurgeTime.AsTime().Before(started), false)
	must(b.createTask(httpTask("after", 3600, &cloudtaskspb.HttpRequest{Url: nowhere})))
	equal(taskNames(b), []string{queue + "/tasks/after"})
	equal(must(b.getQueue(queue)).PurgeTime, purged.PurgeTime)
}

func deleteQueue(b *bench) {
	request := &cloudtaskspb.DeleteQueueRequest{Name: queue}
	none(b.client.DeleteQueue(b.ctx, request))
	_, err := b.getQueue(queue)
	rejected(err, notFound(noQueue))
	rejected(b.client.DeleteQueue(b.ctx, request), notFound("Requested entity was not found."))
}

func iamPolicy(b *bench) {
	policy := &iampb.Policy{Bindings: []*iampb.Binding{
		{Role: "roles/cloudtasks.enqueuer", Members: []string{"user:ada@example.com"}},
	}}
	must(b.client.SetIamPolicy(b.ctx, &iampb.SetIamPolicyRequest{Resource: queue, Policy: policy}))
	found := must(b.client.GetIamPolicy(b.ctx, &iampb.GetIamPolicyRequest{Resource: queue}))
	equal(len(found.Bindings), 1)
	equal(found.Bindings[0], policy.Bindings[0])
	request := &iampb.TestIamPermissionsRequest{
		Resource:    queue,
		Permissions: []string{"cloudtasks.tasks.create", "cloudtasks.queues.get"},
	}
	sorted := []string{"cloudtasks.queues.get", "cloudtasks.tasks.create"}
	equal(must(b.client.TestIamPermissions(b.ctx, request)).Permissions, sorted)
	request.Resource = location + "/queues/none"
	equal(len(must(b.client.TestIamPermissions(b.ctx, request)).Permissions), 0)
}

func locations(b *bench) {
	listed := collect(b.client.ListLocations(b.ctx, &locationpb.ListLocationsRequest{Name: "projects/p"}).Next)
	equal(len(listed), 1)
	equal(listed[0].Name, location)
	found := must(b.client.GetLocation(b.ctx, &locationpb.GetLocationRequest{Name: location}))
	equal(found.LocationId, "l")
}
