using FsxFuse.Options;

namespace FsxFuse.Cli.Tests;

public sealed class OptionTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("4096", 4096)]
    [InlineData("1KiB", 1024)]
    [InlineData("64MiB", 64L << 20)]
    [InlineData("800GiB", 800L << 30)]
    [InlineData("2TiB", 2L << 40)]
    [InlineData("1.5GiB", 3L << 29)]
    [InlineData("10 GiB", 10L << 30)]
    [InlineData("7G", 7L << 30)]
    public void Sizes_are_read(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out long read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GiB")]
    [InlineData("12MB")]
    [InlineData("-1")]
    [InlineData("1.3")]
    [InlineData("1..5GiB")]
    [InlineData("99999999999TiB")]
    [InlineData("1 2GiB")]
    public void Other_text_is_no_size(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(1023, "1023 bytes")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(800L << 30, "800 GiB")]
    public void Sizes_are_written(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));

    [Theory]
    [InlineData("regoin", "region")]
    [InlineData("cache-size", "cache_size")]
    [InlineData("cachesize", "cache_size")]
    [InlineData("endpiont", "endpoint")]
    [InlineData("thread", "threads")]
    [InlineData("allowother", "allow_other")]
    [InlineData("ENDPOINT", "endpoint")]
    public void An_unknown_option_names_the_nearest_known_one(string given, string meant)
    {
        UsageException e = Assert.Throws<UsageException>(() => OptionSet.Parse([given + "=1"]));
        Assert.Contains($"'{given}'", e.Message, StringComparison.Ordinal);
        Assert.Contains($"did you mean '{meant}'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_resembles_nothing_is_not_guessed()
    {
        UsageException e = Assert.Throws<UsageException>(() => OptionSet.Parse(["zzzzqqqq"]));
        Assert.DoesNotContain("did you mean", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_built_yet_is_refused_clearly() =>
        Assert.Contains("not available", Assert.Throws<UsageException>(() => OptionSet.Parse(["root_squash=99:99"])).Message, StringComparison.Ordinal);

    [Fact]
    public void What_mount_and_systemd_add_is_accepted()
    {
        OptionSet options = OptionSet.Parse(["rw,_netdev,nofail,noauto,user,users,owner,x-systemd.automount,x-systemd.requires=network-online.target,comment=abc,defaults,user_id=0,default_permissions,nosuid,nodev,noexec"]);
        Assert.True(options.Has("noexec"));
        Assert.Single(options);
    }

    [Theory]
    [InlineData("ro,rw", false)]
    [InlineData("rw,ro", true)]
    [InlineData("ro", true)]
    public void The_last_of_a_pair_counts(string text, bool readOnly) => Assert.Equal(readOnly, OptionSet.Parse([text]).Has("ro"));

    [Fact]
    public void Values_get_their_normal_form()
    {
        OptionSet options = OptionSet.Parse(["cache_size=1GiB,path_style,file_mode=0640", "auto_export=no,uid=1000,cache=\"/a,b\""]);
        Assert.Equal(1L << 30, options.Number("cache_size"));
        Assert.True(options.Switch("path_style"));
        Assert.False(options.Switch("auto_export"));
        Assert.Equal(0x1A0u, options.Mode("file_mode"));
        Assert.Equal(1000, options.Number("uid"));
        Assert.Equal("/a,b", options.Text("cache"));
        Assert.Null(options.Switch("allow_other"));
        Assert.Equal(options.ToString(), OptionSet.Parse([options.ToString()]).ToString());
    }

    [Theory]
    [InlineData("8490", "127.0.0.1:8490")]
    [InlineData("0.0.0.0:8490", "0.0.0.0:8490")]
    [InlineData("[::1]:8490", "[::1]:8490")]
    [InlineData("off", "off")]
    public void An_address_to_listen_at_is_the_loopback_one_unless_it_says_otherwise(string given, string normal) =>
        Assert.Equal(normal, OptionSet.Parse([$"events={given}"]).Text("events"));

    [Fact]
    public void No_auto_export_is_auto_export_off() => Assert.False(OptionSet.Parse(["no_auto_export"]).Switch("auto_export"));

    [Theory]
    [InlineData("ro=1")]
    [InlineData("endpoint")]
    [InlineData("endpoint=")]
    [InlineData("uid=-1")]
    [InlineData("uid=4294967295")]
    [InlineData("file_mode=0888")]
    [InlineData("file_mode=77777")]
    [InlineData("auto_export=maybe")]
    [InlineData("checksums=crc")]
    [InlineData("threads=0")]
    [InlineData("cache=\"/a")]
    [InlineData("events=70000")]
    [InlineData("events=host:80")]
    [InlineData("events=1.2.3.4:")]
    [InlineData("import_rate=0")]
    public void Wrong_values_are_refused(string text) => Assert.Throws<UsageException>(() => OptionSet.Parse([text]));

    [Fact]
    public void A_sloppy_mount_tolerates_what_is_unknown_or_wrong() =>
        Assert.Equal("region", Assert.Single(OptionSet.Parse(["zzz=1,uid=x,region=r"], tolerateUnknown: true)).Key);

    [Fact]
    public void Only_what_belongs_to_the_file_system_is_remembered()
    {
        OptionSet options = OptionSet.Parse(["ro,allow_other=off,threads=4,region=r,cache_size=1GiB"]).Remembered();
        Assert.Equal(["cache_size", "region"], options.Select(option => option.Key));
    }

    [Fact]
    public void Every_row_has_one_name_and_a_help_or_a_reason_to_have_none()
    {
        Assert.Equal(MountOptionTable.Rows.Count, MountOptionTable.Rows.Select(row => row.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.All(MountOptionTable.Rows, row => Assert.True(row.Help.Length > 0 || row.Negates is not null || row.Scope == OptionScope.Foreign, row.Name));
    }
}
