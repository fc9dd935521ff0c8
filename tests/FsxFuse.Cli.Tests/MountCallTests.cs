using System.Text;
using FsxFuse.Commands;

namespace FsxFuse.Cli.Tests;

public sealed class MountCallTests
{
    [Fact]
    public void What_mount_calls_it_with_is_understood()
    {
        MountCall call = MountCall.Parse(["s3://bucket/p", "/mnt/fsx", "-s", "-n", "-v", "-o", "rw,_netdev", "-o", "region=r"]);
        Assert.Equal(("s3://bucket/p", "/mnt/fsx", true, false), (call.Source, call.Directory, call.Sloppy, call.Fake));
        Assert.Equal(["rw,_netdev", "region=r"], call.Options);
    }

    [Fact]
    public void Options_may_stand_together_and_before_the_operands()
    {
        MountCall call = MountCall.Parse(["-sfnoro", "-t", "fsxfuse", "name", "/mnt"]);
        Assert.True(call is { Sloppy: true, Fake: true, Source: "name", Directory: "/mnt" });
        Assert.Equal(["ro"], call.Options);
    }

    [Theory]
    [InlineData("only")]
    [InlineData("a", "b", "c")]
    [InlineData("a", "b", "-o")]
    [InlineData("a", "b", "-z")]
    public void Anything_else_is_wrong_usage(params string[] arguments) => Assert.Throws<UsageException>(() => MountCall.Parse(arguments));

    [Fact]
    public async Task Exit_codes_are_those_of_mount()
    {
        Assert.Equal(1, await MountCall.RunAsync(["only"]));
        Assert.Equal(1, await MountCall.RunAsync(["name", "/mnt", "-o", "frobnicate=1"]));
        Assert.Equal(0, await MountCall.RunAsync(["name", "/mnt", "-f", "-o", "ro"]));
        Assert.Equal(32, await MountCall.RunAsync(["no-such-file-system", "/mnt", "-o", "ro"]));
    }

    [Theory]
    [InlineData("/sbin/mount.fsxfuse\0s3://b\0/mnt\0", "mount.fsxfuse")]
    [InlineData("fsxfuse\0list\0", "fsxfuse")]
    [InlineData("", "")]
    public void The_name_it_was_called_by_decides(string commandLine, string name) => Assert.Equal(name, Invocation.Parse(Encoding.UTF8.GetBytes(commandLine)).Name);
}
