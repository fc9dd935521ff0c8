using FsxFuse.Mounting;

namespace FsxFuse.Cli.Tests;

public sealed class MountTableTests
{
    private const string Sample = """
        22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
        40 22 0:50 / /mnt/fsx rw,nosuid - fuse.fsxfuse s3://bucket/a\040b rw,user_id=0
        41 22 0:51 / /mnt/with\040space\134\011 rw - tmpfs none rw
        42 22 0:52 / /mnt/fsx rw shared:4 master:2 - tmpfs over rw
        broken line
        """;

    [Fact]
    public void Lines_are_read_with_their_escapes()
    {
        MountTable table = MountTable.Parse(Sample);
        Assert.Equal(4, table.Entries.Count);
        Assert.Equal("/mnt/with space\\\t", table.Entries[2].Mountpoint);
        Assert.Equal("s3://bucket/a b", table.Entries[1].Source);
        Assert.True(table.Entries[1].IsOurs);
    }

    [Fact]
    public void The_topmost_mount_counts()
    {
        MountTable table = MountTable.Parse(Sample);
        Assert.Equal("over", table.At("/mnt/fsx")!.Source);
        Assert.Null(table.At("/mnt"));
        Assert.Equal("/dev/sda1", table.Containing("/mnt/other")!.Source);
        Assert.Equal("over", table.Containing("/mnt/fsx/deep/down")!.Source);
        Assert.Equal("/dev/sda1", table.Containing("/mnt/fsxx")!.Source);
    }

    [Fact]
    public void Paths_are_resolved_without_touching_what_is_mounted()
    {
        string root = Directory.CreateTempSubdirectory("fsxfuse-cli-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(root, "real/dir"));
            Directory.CreateSymbolicLink(Path.Combine(root, "link"), "real");
            Directory.CreateSymbolicLink(Path.Combine(root, "last"), "link/dir");
            MountTable mounts = MountTable.Read();
            string real = Path.Combine(root, "real/dir");
            Assert.Equal(real, MountPath.Resolve(Path.Combine(root, "link/dir/"), mounts));
            Assert.Equal(real, MountPath.Resolve(Path.Combine(root, "last"), mounts));
            Assert.Equal(Path.Combine(root, "real/none"), MountPath.Resolve(Path.Combine(root, "link/none"), mounts));
            Assert.Throws<CommandFailedException>(() => MountPath.Resolve(Path.Combine(root, "no/where"), mounts));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
