using System.Net.Sockets;
using System.Text;
using FsxFuse.Control;
using FsxFuse.Control.Documents;
using Microsoft.Extensions.Logging.Abstractions;

namespace FsxFuse.Cli.Tests;

public sealed class ControlTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fsxfuse-cli-").FullName;
    private readonly FakeTarget _target = new();
    private ControlServer _server = null!;
    private ControlClient _client = null!;

    private string SocketPath => Path.Combine(_directory, "data.sock");

    public async Task InitializeAsync()
    {
        File.WriteAllText(SocketPath, "left by a killed daemon");
        _server = await ControlServer.StartAsync(SocketPath, _target, NullLoggerFactory.Instance);
        _client = new ControlClient(SocketPath);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        Assert.False(File.Exists(SocketPath));
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Every_request_reaches_its_member()
    {
        Assert.Equal("data", (await _client.GetStatusAsync()).Name);
        CountersDocument counters = await _client.GetCountersAsync();
        Assert.Equal((3, 4096L), (counters.Requests["get"], counters.BytesDownloaded));
        TaskDocument task = await _client.CreateTaskAsync(new TaskRequest { Kind = "export", Paths = ["/a", "/ä b"], Report = "s3://b/r" });
        Assert.Equal(["/a", "/ä b"], task.Paths);
        Assert.Equal(task.Id, (await _client.GetTaskAsync(task.Id)).Id);
        Assert.Equal(task.Id, Assert.Single((await _client.GetTasksAsync()).Tasks).Id);
        Assert.Equal("CANCELING", (await _client.CancelTaskAsync(task.Id)).Lifecycle);
        Assert.Equal("/x", (await _client.AddLinkAsync(new LinkRequest { Url = "s3://bucket/", Path = "/x" })).Path);
        Assert.Equal("/x", Assert.Single((await _client.GetLinksAsync()).Links).Path);
        Assert.Equal(new FlushDocument(2, 1, "no"), await _client.FlushAsync(TimeSpan.FromSeconds(2.5)));
        Assert.Equal(TimeSpan.FromSeconds(2.5), _target.Patience);
        Assert.Equal(["cache_size"], (await _client.ChangeOptionsAsync(new OptionsRequest(new Dictionary<string, string> { ["cache_size"] = "1" }))).AtNextMount);
        Assert.Equal("debug", (await _client.SetLogLevelAsync(new LogLevelDocument("debug"))).Level);
        Assert.Equal(7, (await _client.StopAsync(new StopRequest(Force: false))).Queued);
    }

    [Fact]
    public async Task Failures_keep_their_kind_and_message()
    {
        ControlException missing = await Assert.ThrowsAsync<ControlException>(() => _client.GetTaskAsync("task-none"));
        Assert.Equal((ControlFailure.NotFound, "There is no task task-none."), (missing.Failure, missing.Message));
        ControlException busy = await Assert.ThrowsAsync<ControlException>(() => _client.StopAsync(new StopRequest(Force: true)));
        Assert.Equal((ControlFailure.Conflict, "in use"), (busy.Failure, busy.Message));
        ControlException level = await Assert.ThrowsAsync<ControlException>(() => _client.SetLogLevelAsync(new LogLevelDocument("boom")));
        Assert.Equal(ControlFailure.Failed, level.Failure);
    }

    [Theory]
    [InlineData("POST", "/v1/tasks", "{", 400)]
    [InlineData("POST", "/v1/tasks", "{\"kind\":\"export\",\"frob\":1}", 400)]
    [InlineData("POST", "/v1/tasks", "null", 400)]
    [InlineData("POST", "/v1/flush?seconds=-1", "", 400)]
    [InlineData("GET", "/v1/nothing", "", 404)]
    [InlineData("POST", "/v1/status", "", 404)]
    public async Task Wrong_requests_are_refused(string method, string path, string body, int status)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath));
        await socket.SendAsync(Encoding.UTF8.GetBytes($"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        using NetworkStream stream = new(socket);
        using StreamReader reader = new(stream);
        string answer = await reader.ReadToEndAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("{\"message\":", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_is_short_of_processor_time_is_waited_for()
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath));
        await socket.SendAsync(Encoding.UTF8.GetBytes("POST /v1/tasks HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\n"));
        // Longer than the 5 seconds that web servers grant for the first bytes of a body.
        await Task.Delay(TimeSpan.FromSeconds(7));
        await socket.SendAsync(Encoding.UTF8.GetBytes("null"));
        using NetworkStream stream = new(socket);
        using StreamReader reader = new(stream);
        Assert.StartsWith("HTTP/1.1 400 ", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_owner_may_open_the_socket() =>
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SocketPath));

    [Fact]
    public async Task A_missing_daemon_is_unavailable()
    {
        using ControlClient client = new(Path.Combine(_directory, "none.sock"));
        Assert.Equal(ControlFailure.Unavailable, (await Assert.ThrowsAsync<ControlException>(() => client.GetStatusAsync())).Failure);
    }

    [Fact]
    public async Task A_path_too_long_for_a_socket_is_refused_clearly()
    {
        IOException e = await Assert.ThrowsAsync<IOException>(() => ControlServer.StartAsync("/" + new string('x', 120), _target, NullLoggerFactory.Instance));
        Assert.Contains("107", e.Message, StringComparison.Ordinal);
    }

    private sealed class FakeTarget : IControlTarget
    {
        private static readonly LinkDocument Link = new() { AssociationId = "dra-1", Path = "/x", Url = "s3://bucket/", Lifecycle = "AVAILABLE" };
        private TaskDocument _task = new() { Id = "task-1", Type = "EXPORT_TO_REPOSITORY", Lifecycle = "PENDING" };

        public TimeSpan Patience { get; private set; }

        public Task<StatusDocument> GetStatusAsync(CancellationToken cancel) =>
            Task.FromResult(new StatusDocument { Name = "data", Id = "fs-1", Pid = 1, Mountpoint = "/mnt", Source = "s", State = "mounted" });

        public Task<CountersDocument> GetCountersAsync(CancellationToken cancel) =>
            Task.FromResult(new CountersDocument { Requests = new Dictionary<string, long> { ["get"] = 3 }, BytesDownloaded = 4096 });

        public Task<TaskDocument> CreateTaskAsync(TaskRequest request, CancellationToken cancel) => Task.FromResult(_task = _task with { Paths = request.Paths });

        public Task<TaskListDocument> GetTasksAsync(CancellationToken cancel) => Task.FromResult(new TaskListDocument([_task]));

        public Task<TaskDocument> GetTaskAsync(string id, CancellationToken cancel) =>
            id == _task.Id ? Task.FromResult(_task) : throw new ControlException(ControlFailure.NotFound, $"There is no task {id}.");

        public Task<TaskDocument> CancelTaskAsync(string id, CancellationToken cancel) => Task.FromResult(_task with { Lifecycle = "CANCELING" });

        public Task<LinkListDocument> GetLinksAsync(CancellationToken cancel) => Task.FromResult(new LinkListDocument([Link]));

        public Task<LinkDocument> AddLinkAsync(LinkRequest request, CancellationToken cancel) => Task.FromResult(Link);

        public Task<LinkDocument> UpdateLinkAsync(string id, LinkUpdateRequest request, CancellationToken cancel) =>
            Task.FromResult(Link with { AssociationId = id, Conflict = request.Conflict });

        public Task<LinkDocument> RemoveLinkAsync(string id, bool deleteData, bool force, CancellationToken cancel) =>
            Task.FromResult(Link with { AssociationId = id, Lifecycle = $"{deleteData} {force}" });

        public Task<FlushDocument> FlushAsync(TimeSpan patience, CancellationToken cancel)
        {
            Patience = patience;
            return Task.FromResult(new FlushDocument(2, 1, "no"));
        }

        public Task<StopDocument> StopAsync(StopRequest request, CancellationToken cancel) =>
            request.Force ? throw new ControlException(ControlFailure.Conflict, "in use") : Task.FromResult(new StopDocument(7));

        public Task<OptionsDocument> ChangeOptionsAsync(OptionsRequest request, CancellationToken cancel) => Task.FromResult(new OptionsDocument([.. request.Options.Keys]));

        public LogLevelDocument SetLogLevel(LogLevelDocument level) => level.Level == "boom" ? throw new InvalidOperationException("a defect") : level;
    }
}
