using System.Globalization;
using FsxFuse.Metadata;
using FsxFuse.Repository.Import;

namespace FsxFuse.Repository.Tests.Import;

public sealed class PosixMetadataTests
{
    [Theory]
    [InlineData("0100664", "664", false)] // FSx
    [InlineData("100755", "755", false)] // DataSync: no leading 0
    [InlineData("0644", "644", false)]
    [InlineData("755", "755", false)]
    [InlineData(" 0104755 ", "4755", false)]
    [InlineData("0120777", "777", true)]
    [InlineData("040755", "755", false)]
    [InlineData("0", "0", false)]
    [InlineData("", null, false)]
    [InlineData("0o644", null, false)]
    [InlineData("-1", null, false)]
    [InlineData("0100689", null, false)]
    [InlineData("7777777", null, false)]
    [InlineData("99999999999999999999", null, false)]
    public void File_permissions_are_octal_with_or_without_zero_and_type(string text, string? permissions, bool isSymlink)
    {
        PosixMetadata read = Read(("file-permissions", text));
        Assert.Equal(permissions is null ? null : Convert.ToUInt32(permissions, 8), read.Permissions);
        Assert.Equal(isSymlink, read.IsSymlink);
    }

    [Theory]
    [InlineData("33188", "644", false)] // s3fs: decimal
    [InlineData("41471", "777", true)]
    [InlineData("33204", "664", false)]
    [InlineData("100664", "664", false)] // rclone --metadata: octal
    [InlineData("0100600", "600", false)]
    [InlineData("16877", "755", false)] // a directory of s3fs
    [InlineData("493", "755", false)] // decimal without type: not octal, so decimal
    [InlineData("644", "644", false)]
    [InlineData("drwxr-xr-x", null, false)]
    [InlineData("4294967296", null, false)]
    public void Modes_of_other_tools(string text, string? permissions, bool isSymlink)
    {
        PosixMetadata read = Read(("mode", text));
        Assert.Equal(permissions is null ? null : Convert.ToUInt32(permissions, 8), read.Permissions);
        Assert.Equal(isSymlink, read.IsSymlink);
    }

    [Theory]
    [InlineData("0", 0L)]
    [InlineData("4294967294", 4294967294L)]
    [InlineData("4294967295", null)] // (uid_t)-1
    [InlineData("-1", null)]
    [InlineData("root", null)]
    [InlineData(" 12 ", 12L)]
    [InlineData("", null)]
    public void Owners_are_decimal(string text, long? id)
    {
        PosixMetadata read = Read(("file-owner", text), ("file-group", text));
        Assert.Equal(((uint?)id, (uint?)id), (read.Uid, read.Gid));
    }

    [Theory]
    [InlineData("1595002920000000000ns", 1595002920000000000L)]
    [InlineData("1595002920000", 1595002920000000000L)] // without ns: milliseconds
    [InlineData("-5ns", -5L)]
    [InlineData("5 ns", 5L)]
    [InlineData("ns", null)]
    [InlineData("1e9ns", null)]
    [InlineData("9223372036854775807", null)] // too many milliseconds
    [InlineData("92233720368547758080ns", null)]
    public void Times_of_fsx(string text, long? ns)
    {
        PosixMetadata read = Read(("file-mtime", text), ("file-atime", text));
        Assert.Equal((ns, ns), (read.MtimeNs, read.AtimeNs));
    }

    [Theory]
    [InlineData("1595002920", 1595002920000000000L)] // s3fs, geesefs
    [InlineData("1595002920.123456789", 1595002920123456789L)] // rclone
    [InlineData("1595002920.5", 1595002920500000000L)]
    [InlineData("1595002920.1234567899", 1595002920123456789L)]
    [InlineData("-1.5", -1500000000L)]
    [InlineData("2020-07-17T16:22:00.25Z", 1595002920250000000L)] // rclone --metadata
    [InlineData("1.2.3", null)]
    [InlineData("yesterday", null)]
    [InlineData("Tuesday", null)]
    [InlineData("99999999999999", null)]
    public void Times_of_other_tools(string text, long? ns) => Assert.Equal(ns, Read(("mtime", text)).MtimeNs);

    [Fact]
    public void Fsx_keys_come_before_those_of_others_one_by_one()
    {
        PosixMetadata read = Read(("file-permissions", "0100600"), ("mode", "33188"), ("file-owner", "junk"), ("uid", "5"), ("gid", "6"), ("mtime", "1"), ("file-mtime", "2ns"));
        Assert.Equal((Convert.ToUInt32("600", 8), 5u, 6u, 2L), (read.Permissions!.Value, read.Uid!.Value, read.Gid!.Value, read.MtimeNs!.Value));
        Assert.Equal(PosixMetadata.None, Read());
        Assert.Equal(PosixMetadata.None, Read(("content", "anything"), ("user-agent", "aws-fsx-lustre")));
    }

    [Fact]
    public void A_geesefs_link_keeps_its_target_in_the_metadata()
    {
        PosixMetadata read = Read(("--symlink-target", "dir/a%20b%25"));
        Assert.True(read.IsSymlink);
        Assert.Equal("dir/a b%", read.SymlinkTarget);
        Assert.False(Read(("--symlink-target", "")).IsSymlink);
    }

    [Fact]
    public void Whatever_is_written_is_read_back_and_the_rest_is_kept()
    {
        InodeRow inode = new() { Id = 3, Ino = 3, Mode = FileType.Regular | Convert.ToUInt32("4750", 8), Uid = 10, Gid = 20, AtimeNs = -7, MtimeNs = 1_595_002_920_123_456_789 };
        Dictionary<string, string> existing = new()
        {
            ["author"] = "somebody",
            ["mode"] = "33188",
            ["uid"] = "1",
            ["mtime"] = "1.5",
            ["--symlink-target"] = "x",
            ["fsxfuse-version"] = "old",
            ["file-owner"] = "1",
        };
        Dictionary<string, string> written = PosixMetadata.Write(inode, "fs-1/3/4/1", existing);
        Assert.Equal("0104750", written["file-permissions"]);
        Assert.Equal("-7ns", written["file-atime"]);
        Assert.Equal(("fsxfuse", "fs-1/3/4/1", "somebody"), (written["user-agent"], written["fsxfuse-version"], written["author"]));
        Assert.Equal((inode.Mode.ToString(CultureInfo.InvariantCulture), "10", "1595002920.123456789"), (written["mode"], written["uid"], written["mtime"]));
        Assert.False(written.ContainsKey("--symlink-target"));
        Assert.False(written.ContainsKey("gid"));
        PosixMetadata read = PosixMetadata.Read(written);
        Assert.Equal((inode.Mode & 0xFFF, 10u, 20u, -7L, inode.MtimeNs, false), (read.Permissions!.Value, read.Uid!.Value, read.Gid!.Value, read.AtimeNs!.Value, read.MtimeNs!.Value, read.IsSymlink));
        Assert.False(PosixMetadata.Write(inode, null, existing).ContainsKey("fsxfuse-version"));
    }

    private static PosixMetadata Read(params (string Key, string Value)[] metadata) => PosixMetadata.Read(metadata.ToDictionary(m => m.Key, m => m.Value));
}
