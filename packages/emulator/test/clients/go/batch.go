package main

import (
	"net/url"
	"strconv"
	"time"

	"cloud.google.com/go/cloudtasks/apiv2/cloudtaskspb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

// The cases about features of v2beta3 that this client's v2 has too.
var batchCases = []testCase{
	{"batch-create", batchCreate},
	{"batch-delete", batchDelete},
	{"task-retry", taskRetry},
	{"http-target", httpTarget},
}

// batchCreate creates tasks in one call and returns the names of the created ones and the error.
func (b *bench) batchCreate(ids ...string) ([]string, *cloudtaskspb.BatchCreateTasksMetadata) {
	request := &cloudtaskspb.BatchCreateTasksRequest{Parent: queue}
	for _, id := range ids {
		task := httpTask(id, 3600, &cloudtaskspb.HttpRequest{Url: nowhere})
		request.Requests = append(request.Requests, &cloudtaskspb.CreateTaskRequest{Parent: queue, Task: task})
	}
	operation := must(b.client.BatchCreateTasks(b.ctx, request))
	var names []string
	for _, task := range must(operation.Wait(b.ctx)).Tasks {
		names = append(names, task.Name)
	}
	return names, must(operation.Metadata())
}

func batchCreate(b *bench) {
	names, metadata := b.batchCreate("a", "b")
	equal(names, []string{queue + "/tasks/a", queue + "/tasks/b"})
	equal(metadata.State, cloudtaskspb.BatchCreateTasksMetadata_SUCCEEDED)
	names, metadata = b.batchCreate("c", "a")
	equal(names, []string{queue + "/tasks/c"})
	equal(metadata.State, cloudtaskspb.BatchCreateTasksMetadata_PARTIALLY_SUCCEEDED)
	equal(len(metadata.FailedRequests), 1)
	equal(metadata.FailedRequests[1].GetMessage(), "Requested entity already exists")
	equal(len(taskNames(b)), 3)
}

func batchDelete(b *bench) {
	b.batchCreate("a", "b")
	names := append(taskNames(b), queue+"/tasks/none")
	request := &cloudtaskspb.BatchDeleteTasksRequest{Parent: queue, Names: names}
	operation := must(b.client.BatchDeleteTasks(b.ctx, request))
	none(operation.Wait(b.ctx))
	metadata := must(operation.Metadata())
	equal(metadata.State, cloudtaskspb.BatchDeleteTasksMetadata_PARTIALLY_SUCCEEDED)
	equal(len(metadata.FailedRequests), 1)
	equal(metadata.FailedRequests[2].GetCode(), 5)
	equal(len(taskNames(b)), 0)
}

func taskRetry(b *bench) {
	t := newTarget(500)
	defer t.Close()
	task := httpTask("t", 0, &cloudtaskspb.HttpRequest{Url: t.URL})
	halfMinute := durationpb.New(30 * time.Second)
	task.RetryConfig = &cloudtaskspb.RetryConfig{MaxAttempts: 2, MinBackoff: halfMinute, MaxBackoff: halfMinute}
	created := must(b.createTask(task))
	equal(created.RetryConfig.GetMaxAttempts(), 2)
	equal(created.RetryConfig.GetMinBackoff(), halfMinute)
	b.advance("29s")
	t.all(1)
	b.advance("59m")
	t.all(2)
	_, err := b.getTask(created.Name, cloudtaskspb.Task_BASIC)
	rejected(err, notFound(existed))
}

func httpTarget(b *bench) {
	t := newTarget(200)
	defer t.Close()
	address := must(url.Parse(t.URL))
	scheme, host := cloudtaskspb.UriOverride_HTTP, address.Hostname()
	port := must(strconv.ParseInt(address.Port(), 10, 64))
	override := &cloudtaskspb.HttpTarget{
		UriOverride: &cloudtaskspb.UriOverride{
			Scheme:        &scheme,
			Host:          &host,
			Port:          &port,
			PathOverride:  &cloudtaskspb.PathOverride{Path: "/elsewhere"},
			QueryOverride: &cloudtaskspb.QueryOverride{QueryParams: "by=queue"},
		},
		HttpMethod: cloudtaskspb.HttpMethod_PUT,
		HeaderOverrides: []*cloudtaskspb.HttpTarget_HeaderOverride{
			{Header: &cloudtaskspb.HttpTarget_Header{Key: "X-Order", Value: "8"}},
		},
	}
	updated := must(b.client.UpdateQueue(b.ctx, &cloudtaskspb.UpdateQueueRequest{
		Queue:      &cloudtaskspb.Queue{Name: queue, HttpTarget: override},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"http_target"}},
	}))
	equal(updated.HttpTarget.GetUriOverride().GetPort(), port)
	must(b.createTask(httpTask("t", 0, &cloudtaskspb.HttpRequest{
		Url:     "https://example.invalid/task?by=task",
		Headers: map[string]string{"X-Order": "7", "X-Kept": "yes"},
	})))
	b.idle()
	delivered := t.all(1)[0]
	equal([]string{delivered.method, delivered.uri}, []string{"PUT", "/elsewhere?by=queue"})
	equal([]string{delivered.header.Get("X-Order"), delivered.header.Get("X-Kept")}, []string{"8", "yes"})
}
