namespace FsxFuse.Fuse.Tests.Protocol;

public class ValueTests
{
    [Fact]
    public void Timeouts_keep_their_parts()
    {
        EntryReply entry = new() { EntryTimeout = TimeSpan.FromMilliseconds(1500), AttrTimeout = TimeSpan.MaxValue };
        Assert.Equal(1u, entry.EntryValidSeconds);
        Assert.Equal(500_000_000u, entry.EntryValidNsec);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), entry.EntryTimeout);
        Assert.Equal(922337203685UL, entry.AttrValidSeconds);
        Assert.Equal(TimeSpan.MaxValue, new EntryReply { EntryValidSeconds = ulong.MaxValue }.EntryTimeout);
        Assert.Throws<ArgumentOutOfRangeException>(() => new AttrReply { AttrTimeout = TimeSpan.FromTicks(-1) });
    }

    [Fact]
    public void A_line_of_mountinfo_is_taken_apart()
    {
        MountInfo info = MountInfo.Parse(@"36 35 0:98 / /mnt\040x\134y rw,noatime master:1 shared:2 - fuse.fsxfuse s3://b\011c rw,errors=continue")!;
        Assert.Equal(36, info.MountId);
        Assert.Equal((0, 98), (info.Major, info.Minor));
        Assert.Equal(@"/mnt x\y", info.MountPoint);
        Assert.Equal("fuse.fsxfuse", info.Type);
        Assert.Equal("s3://b\tc", info.Source);
    }

    [Theory]
    [InlineData("")]
    [InlineData("36 35 0:98 / /mnt rw")]
    [InlineData("36 35 098 / /mnt rw - fuse a rw")]
    public void A_line_that_is_none_is_ignored(string line) => Assert.Null(MountInfo.Parse(line));

    [Fact]
    public void Options_are_spelled_for_the_kernel_and_for_fusermount()
    {
        MountOptions options = new() { MountPoint = "/m", Source = "a,b", SubType = "t", AllowOther = true, ReadOnly = true, NoExec = true, MaxRead = 4096 };
        Assert.Equal("fd=7,rootmode=40000,user_id=1,group_id=2,allow_other,default_permissions,max_read=4096", options.KernelData(7, 1, 2));
        Assert.Equal("fsname=a\\,b,subtype=t,ro,nosuid,nodev,noexec,allow_other,default_permissions,max_read=4096", options.FusermountData());
        Assert.Equal((nuint)15, options.Flags);
    }
}
