using FsxFuse.Hsm;
using FsxFuse.Lfs;
using FileAttributes = FsxFuse.Native.FileAttributes;

namespace FsxFuse.Cli.Tests;

public sealed class LfsTests
{
    private const long Now = 1_000_000_000;

    private static readonly FileAttributes File = new(0x81A4, 1000, 100, 5000, Now - 3600, Now - 5 * 86_400, Now, 1);

    [Theory]
    [InlineData("", true)]
    [InlineData("-type f", true)]
    [InlineData("-type d", false)]
    [InlineData("! -type d", true)]
    [InlineData("-name file*", true)]
    [InlineData("-name ile", false)]
    [InlineData("--name *.txt ! -name a*", true)]
    [InlineData("-size 5000", true)]
    [InlineData("-size 4999", false)]
    [InlineData("-size +4K", true)]
    [InlineData("-size +5K", false)]
    [InlineData("-size -5K", true)]
    [InlineData("-size 5k", true)]
    [InlineData("-size -1G", true)]
    [InlineData("-mtime +4", true)]
    [InlineData("-mtime +5", false)]
    [InlineData("-mtime 5", true)]
    [InlineData("-mtime -6", true)]
    [InlineData("-atime -2h", true)]
    [InlineData("-atime +30m", true)]
    [InlineData("-atime +2h", false)]
    [InlineData("-user 1000 -group 100", true)]
    [InlineData("-user root", false)]
    [InlineData("-hsm released,exists", true)]
    [InlineData("-hsm dirty", false)]
    [InlineData("! -hsm dirty", true)]
    public void Conditions_hold_or_not(string conditions, bool expected)
    {
        FindArguments find = FindArguments.Parse(["dir", .. conditions.Split(' ', StringSplitOptions.RemoveEmptyEntries)], Now);
        Assert.Equal(["dir"], find.Paths);
        Assert.Equal(expected, find.Matches("dir/file.txt", File, () => ["released", "exists", "archived"]));
    }

    [Fact]
    public void Paths_depth_and_the_form_of_the_output_are_read()
    {
        FindArguments find = FindArguments.Parse(["a", "b", "-maxdepth", "2", "-print0"], Now);
        Assert.Equal((2, true), (find.MaxDepth, find.Print0));
        Assert.Equal(["a", "b"], find.Paths);
        Assert.Equal(["."], FindArguments.Parse([], Now).Paths);
    }

    [Theory]
    [InlineData("-size")]
    [InlineData("-size 5Q")]
    [InlineData("-size x")]
    [InlineData("-mtime 1.5")]
    [InlineData("-type x")]
    [InlineData("-user no-such-user-anywhere")]
    [InlineData("-hsm frozen")]
    [InlineData("! -print0")]
    [InlineData("-name x !")]
    [InlineData("-stripe-count 4")]
    public void What_is_no_condition_is_refused(string arguments) =>
        Assert.Throws<UsageException>(() => FindArguments.Parse(arguments.Split(' '), Now));

    [Fact]
    public void States_and_actions_are_read_as_lfs_prints_them()
    {
        HsmResult state = HsmText.State("f", "(0x0000000d) released exists archived, archive_id:1");
        Assert.Equal((13, 1), (state.Flags, state.ArchiveId));
        Assert.Equal(["released", "exists", "archived"], state.States);
        Assert.Equal((0, null), (HsmText.State("f", "(0x00000000)").Flags, HsmText.State("f", "(0x00000000)").ArchiveId));
        HsmResult running = HsmText.Action("f", "ARCHIVE running (4096 bytes moved)", null);
        Assert.Equal(("ARCHIVE", "running", 4096L), (running.Action, running.Progress, running.BytesMoved));
        Assert.Equal(("RESTORE", "waiting", null), (HsmText.Action("f", "RESTORE waiting (from 0 to EOF)", null).Action, HsmText.Action("f", "RESTORE waiting (from 0 to EOF)", null).Progress, HsmText.Action("f", "RESTORE waiting (from 0 to EOF)", null).BytesMoved));
        Assert.Equal(("NOOP", null), (HsmText.Action("f", "NOOP", null).Action, HsmText.Action("f", "NOOP", null).Progress));
    }

    [Fact]
    public void Every_command_of_lfs_explains_itself() =>
        Assert.All(LfsCall.Build().Subcommands, command => Assert.False(string.IsNullOrWhiteSpace(command.Description), command.Name));
}
