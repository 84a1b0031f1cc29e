package main

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"cloud.google.com/go/cloudtasks/apiv2/cloudtaskspb"
	"google.golang.org/api/idtoken"
	"google.golang.org/api/iterator"
	"google.golang.org/api/option"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

// The cases about tasks and their delivery.
var taskCases = []testCase{
	{"create-task", createTask},
	{"name-taken", nameTaken},
	{"get-task-views", getTaskViews},
	{"list-tasks", listTasks},
	{"run-task", runTask},
	{"delete-task", deleteTask},
	{"retry-counts", retryCounts},
	{"oidc-token", oidcToken},
	{"app-engine-task", appEngineTask},
}

// httpTask is a task for the queue q, due after some seconds. Without an id, the emulator generates one.
func httpTask(id string, seconds int64, request *cloudtaskspb.HttpRequest) *cloudtaskspb.Task {
	task := &cloudtaskspb.Task{MessageType: &cloudtaskspb.Task_HttpRequest{HttpRequest: request}}
	if id != "" {
		task.Name = queue + "/tasks/" + id
	}
	if seconds > 0 {
		task.ScheduleTime = inSeconds(seconds)
	}
	return task
}

func (b *bench) createTask(task *cloudtaskspb.Task) (*cloudtaskspb.Task, error) {
	return b.client.CreateTask(b.ctx, &cloudtaskspb.CreateTaskRequest{Parent: queue, Task: task})
}

func (b *bench) getTask(name string, view cloudtaskspb.Task_View) (*cloudtaskspb.Task, error) {
	return b.client.GetTask(b.ctx, &cloudtaskspb.GetTaskRequest{Name: name, ResponseView: view})
}

func taskNames(b *bench) []string {
	var names []string
	for _, task := range collect(b.client.ListTasks(b.ctx, &cloudtaskspb.ListTasksRequest{Parent: queue}).Next) {
		names = append(names, task.Name)
	}
	return names
}

func createTask(b *bench) {
	t := newTarget(200)
	defer t.Close()
	task := httpTask("t-1", 60, &cloudtaskspb.HttpRequest{
		Url:        t.URL + "/run?order=7",
		HttpMethod: cloudtaskspb.HttpMethod_PUT,
		Headers:    map[string]string{"X-Order": "7", "Content-Type": "text/plain"},
		Body:       []byte("grüße"),
	})
	task.DispatchDeadline = durationpb.New(20 * time.Second)
	created := must(b.createTask(task))
	equal(created.Name, task.Name)
	equal(created.ScheduleTime, task.ScheduleTime)
	equal(created.DispatchDeadline, task.DispatchDeadline)
	equal(created.View, cloudtaskspb.Task_BASIC)
	equal(created.GetHttpRequest().Headers["X-Order"], "7")
	b.idle()
	t.all(0)
	b.advance("60s")
	delivered := t.all(1)[0]
	equal([]string{delivered.method, delivered.uri, delivered.body}, []string{"PUT", "/run?order=7", "grüße"})
	for name, expected := range map[string]string{
		"X-Order":                           "7",
		"Content-Type":                      "text/plain",
		"User-Agent":                        "Google-Cloud-Tasks",
		"X-CloudTasks-QueueName":            "q",
		"X-CloudTasks-TaskName":             "t-1",
		"X-CloudTasks-TaskRetryCount":       "0",
		"X-CloudTasks-TaskExecutionCount":   "0",
		"X-CloudTasks-TaskETA":              strconv.FormatInt(task.ScheduleTime.Seconds, 10),
		"X-CloudTasks-TaskPreviousResponse": "",
	} {
		equal(name+": "+delivered.header.Get(name), name+": "+expected)
	}
}

func nameTaken(b *bench) {
	task := httpTask("t", 3600, &cloudtaskspb.HttpRequest{Url: nowhere})
	must(b.createTask(task))
	_, err := b.createTask(task)
	rejected(err, alreadyExists("Requested entity already exists"))
}

func getTaskViews(b *bench) {
	request := &cloudtaskspb.HttpRequest{Url: nowhere, Headers: map[string]string{"X-A": "b"}, Body: []byte("hello")}
	created := must(b.createTask(httpTask("t", 3600, request)))
	basic := must(b.getTask(created.Name, cloudtaskspb.Task_VIEW_UNSPECIFIED))
	equal(basic.View, cloudtaskspb.Task_BASIC)
	equal(basic.GetHttpRequest().Headers["X-A"], "b")
	equal(len(basic.GetHttpRequest().Body), 0)
	full := must(b.getTask(created.Name, cloudtaskspb.Task_FULL))
	equal(full.View, cloudtaskspb.Task_FULL)
	equal(full.GetHttpRequest().Headers["X-A"], "b")
	equal(string(full.GetHttpRequest().Body), "hello")
}

func listTasks(b *bench) {
	names := []string{queue + "/tasks/a", queue + "/tasks/b", queue + "/tasks/c"}
	for _, id := range []string{"a", "b", "c"} {
		must(b.createTask(httpTask(id, 3600, &cloudtaskspb.HttpRequest{Url: nowhere, Body: []byte("hello")})))
	}
	request := &cloudtaskspb.ListTasksRequest{Parent: queue, ResponseView: cloudtaskspb.Task_FULL}
	pager := iterator.NewPager(b.client.ListTasks(b.ctx, request), 2, "")
	var tasks []*cloudtaskspb.Task
	equal(must(pager.NextPage(&tasks)) != "", true)
	equal(len(tasks), 2)
	equal(must(pager.NextPage(&tasks)), "")
	var listed []string
	for _, task := range tasks {
		listed = append(listed, task.Name)
		equal(string(task.GetHttpRequest().Body), "hello")
	}
	slices.Sort(listed)
	equal(listed, names)
}

func runTask(b *bench) {
	t := newTarget(200)
	defer t.Close()
	created := must(b.createTask(httpTask("t", 3600, &cloudtaskspb.HttpRequest{Url: t.URL})))
	request := &cloudtaskspb.RunTaskRequest{Name: created.Name, ResponseView: cloudtaskspb.Task_FULL}
	run := must(b.client.RunTask(b.ctx, request))
	equal(run.DispatchCount, 1)
	equal(run.View, cloudtaskspb.Task_FULL)
	b.idle()
	t.all(1)
	b.advance("2h")
	t.all(1)
}

func deleteTask(b *bench) {
	t := newTarget(200)
	defer t.Close()
	created := must(b.createTask(httpTask("t", 3600, &cloudtaskspb.HttpRequest{Url: t.URL})))
	none(b.client.DeleteTask(b.ctx, &cloudtaskspb.DeleteTaskRequest{Name: created.Name}))
	b.advance("59m")
	_, err := b.getTask(created.Name, cloudtaskspb.Task_BASIC)
	rejected(err, notFound(existed))
	b.advance("1h")
	t.all(0)
}

func retryCounts(b *bench) {
	t := newTarget(503, 200)
	defer t.Close()
	retryConfig := &cloudtaskspb.RetryConfig{MinBackoff: durationpb.New(time.Minute)}
	must(b.client.UpdateQueue(b.ctx, &cloudtaskspb.UpdateQueueRequest{
		Queue:      &cloudtaskspb.Queue{Name: queue, RetryConfig: retryConfig},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"retry_config.min_backoff"}},
	}))
	created := must(b.createTask(httpTask("t", 0, &cloudtaskspb.HttpRequest{Url: t.URL})))
	b.idle()
	failed := must(b.getTask(created.Name, cloudtaskspb.Task_BASIC))
	equal([]int32{failed.DispatchCount, failed.ResponseCount}, []int32{1, 0})
	equal(failed.FirstAttempt.ResponseTime, nil)
	equal(failed.LastAttempt.ResponseStatus.Code, 14)
	b.advance("60s")
	delivered := t.all(2)
	equal(delivered[0].header.Get("X-CloudTasks-TaskRetryCount"), "0")
	equal(delivered[1].header.Get("X-CloudTasks-TaskRetryCount"), "1")
	equal(delivered[1].header.Get("X-CloudTasks-TaskPreviousResponse"), "503")
	_, err := b.getTask(created.Name, cloudtaskspb.Task_BASIC)
	rejected(err, notFound(existed))
}

// The certsOf transport fetches from the emulator the keys that the verifier would fetch from Google.
type certsOf string

func (certs certsOf) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.URL = must(url.Parse(string(certs)))
	request.Host = request.URL.Host
	return http.DefaultTransport.RoundTrip(request)
}

func oidcToken(b *bench) {
	t := newTarget(200)
	defer t.Close()
	oidc := &cloudtaskspb.OidcToken{
		ServiceAccountEmail: "tasks@p.iam.gserviceaccount.com",
		Audience:            "https://api.example.com",
	}
	must(b.createTask(httpTask("t", 0, &cloudtaskspb.HttpRequest{
		Url:                 t.URL,
		AuthorizationHeader: &cloudtaskspb.HttpRequest_OidcToken{OidcToken: oidc},
	})))
	b.idle()
	token := strings.TrimPrefix(t.all(1)[0].header.Get("Authorization"), "Bearer ")
	keys := &http.Client{Transport: certsOf(b.url + "/oidc/jwks")}
	validator := must(idtoken.NewValidator(context.Background(), option.WithHTTPClient(keys)))
	payload := must(validator.Validate(b.ctx, token, oidc.Audience))
	equal(payload.Claims["email"], any(oidc.ServiceAccountEmail))
	equal(payload.Claims["email_verified"], any(true))
}

func appEngineTask(b *bench) {
	created := must(b.createTask(&cloudtaskspb.Task{
		ScheduleTime: inSeconds(3600),
		MessageType: &cloudtaskspb.Task_AppEngineHttpRequest{AppEngineHttpRequest: &cloudtaskspb.AppEngineHttpRequest{
			RelativeUri:      "/work?order=7",
			AppEngineRouting: &cloudtaskspb.AppEngineRouting{Service: "mail", Version: "v1"},
			Headers:          map[string]string{"X-Order": "7"},
			Body:             []byte("hello"),
		}},
	}))
	stored := must(b.getTask(created.Name, cloudtaskspb.Task_BASIC)).GetAppEngineHttpRequest()
	equal(stored.HttpMethod, cloudtaskspb.HttpMethod_POST)
	equal(stored.RelativeUri, "/work?order=7")
	equal(stored.AppEngineRouting.Service, "mail")
	equal(stored.AppEngineRouting.Version, "v1")
	equal(stored.Headers, map[string]string{
		"X-Order":        "7",
		"User-Agent":     "AppEngine-Google; (+http://code.google.com/appengine)",
		"Content-Length": "5",
		"Content-Type":   "application/octet-stream",
	})
}
