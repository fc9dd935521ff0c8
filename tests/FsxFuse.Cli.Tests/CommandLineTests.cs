using System.CommandLine;
using FsxFuse.Commands;
using FsxFuse.Control;
using FsxFuse.Control.Documents;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Cli.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("frobnicate")]
    [InlineData("mount", "s3://bucket")]
    [InlineData("mount", "s3://bucket", "/mnt/nowhere", "-o", "regoin=x")]
    [InlineData("mount", "s3://b", "/mnt/nowhere")]
    [InlineData("umount", "/mnt/nowhere", "--flush", "--force")]
    [InlineData("task")]
    [InlineData("create", "a b")]
    [InlineData("release", "/x", "--older-than", "30h")]
    public async Task Wrong_usage_is_2(params string[] arguments) => Assert.Equal(2, await CommandLine.RunAsync(arguments));

    [Theory]
    [InlineData("status", "no-such-file-system")]
    [InlineData("umount", "/proc/no/where")]
    [InlineData("export", "/")]
    [InlineData("task", "wait", "task-00000000000000000")]
    [InlineData("mount", "no-such-file-system", "/mnt/nowhere")]
    public async Task What_cannot_be_done_is_1(params string[] arguments) => Assert.Equal(1, await CommandLine.RunAsync(arguments));

    [Theory]
    [InlineData("--version")]
    [InlineData("--help")]
    [InlineData("mount", "--help")]
    [InlineData("list")]
    [InlineData("list", "--json")]
    [InlineData("status", "--json")]
    public async Task What_works_is_0(params string[] arguments) => Assert.Equal(0, await CommandLine.RunAsync(arguments));

    [Fact]
    public void Every_command_explains_itself()
    {
        static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);
        Assert.All(All(CommandLine.Build()), command =>
        {
            Assert.False(string.IsNullOrWhiteSpace(command.Description), command.Name);
            Assert.All(command.Options, option => Assert.False(string.IsNullOrWhiteSpace(option.Description), $"{command.Name} {option.Name}"));
            Assert.All(command.Arguments, argument => Assert.False(string.IsNullOrWhiteSpace(argument.Description), $"{command.Name} {argument.Name}"));
        });
    }

    [Theory]
    [InlineData("SUCCEEDED", 5, 0, 0)]
    [InlineData("FAILED", 5, 1, 3)]
    [InlineData("FAILED", 0, 3, 1)]
    [InlineData("FAILED", 0, 0, 1)]
    [InlineData("CANCELED", 2, 0, 1)]
    [InlineData("EXECUTING", 2, 1, 0)]
    public void A_task_ends_with_its_exit_code(string lifecycle, int succeeded, int failed, int exitCode) =>
        Assert.Equal(exitCode, TaskOutcome.ExitCodeOf(new TaskDocument { Id = "t", Type = "EXPORT_TO_REPOSITORY", Lifecycle = lifecycle, SucceededCount = succeeded, FailedCount = failed }));

    [Fact]
    public void Failures_are_one_line_with_an_exit_code()
    {
        Assert.Equal((1, "The bucket is gone"), Failures.Describe(new ObjectStoreException(ObjectStoreErrorKind.NoSuchBucket, "The bucket is gone.")));
        Assert.Equal((2, "no such level"), Failures.Describe(new ControlException(ControlFailure.BadRequest, "no such level")));
        Assert.Equal((1, "a; b"), Failures.Describe(new LinkException("a\n  b.")));
        Assert.StartsWith("internal error: InvalidCastException", Failures.Describe(new InvalidCastException("x")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3://bucket/p", "s3://bucket/p/", "/")]
    [InlineData("s3://bucket/p=/data/in/", "s3://bucket/p/", "/data/in")]
    [InlineData("s3://bucket/a=b/c=/d", "s3://bucket/a=b/c/", "/d")]
    public void Links_are_an_url_and_a_path(string text, string url, string path)
    {
        (RepositoryUrl read, string where) = CreateCommand.ParseLink(text);
        Assert.Equal((url, path), (read.ToString(), where));
    }

    [Fact]
    public void A_tier_is_a_directory_and_a_size()
    {
        Assert.Equal(["cache=\"/nvme/fsx\"", "cache_size=800GiB"], CreateCommand.ParseTiers(["ssd=/nvme/fsx:800GiB"]));
        Assert.Equal(["cache=\"/nvme\""], CreateCommand.ParseTiers(["hdd=/nvme"]));
        Assert.Throws<UsageException>(() => CreateCommand.ParseTiers(["tape=/x"]).ToList());
        Assert.Throws<UsageException>(() => CreateCommand.ParseTiers(["ssd=/x", "ssd=/y"]).ToList());
    }
}
