using FsxFuse.Options;
using FsxFuse.State;

namespace FsxFuse.Cli.Tests;

public sealed class SourceTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fsxfuse-cli-").FullName;

    private FileSystemCatalog Catalog => new(new StateLocations(Path.Combine(_root, "state"), Path.Combine(_root, "run")), TimeProvider.System);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("s3://bucket", "s3://bucket/")]
    [InlineData("s3://bucket/", "s3://bucket/")]
    [InlineData("s3://bucket/a/b", "s3://bucket/a/b/")]
    [InlineData("s3://bucket/a/b/", "s3://bucket/a/b/")]
    [InlineData("file:///srv/data/", "file:///srv/data/")]
    [InlineData("file:///srv/../srv/data", "file:///srv/data/")]
    public void Urls_have_one_form(string given, string normal) => Assert.Equal(normal, SourceAddress.Parse(given).Url!.ToString());

    [Theory]
    [InlineData("s3://ab")]
    [InlineData("s3://bucket//x")]
    [InlineData("s3://bucket/../x")]
    [InlineData("file://relative")]
    [InlineData("file:///")]
    [InlineData("postgres://host/db")]
    [InlineData("a/b")]
    [InlineData(".hidden")]
    [InlineData("")]
    public void Other_text_is_no_source(string given) => Assert.Throws<UsageException>(() => SourceAddress.Parse(given));

    [Theory]
    [InlineData("s3://my-bucket/data/2024/", "my-bucket-data-2024")]
    [InlineData("s3://bucket", "bucket")]
    [InlineData("s3://bucket/Ünïcode dir", "bucket-n-code-dir")]
    [InlineData("file:///srv/Data_1", "srv-Data_1")]
    [InlineData("file:///ä", "fs")]
    public void Names_come_from_bucket_and_prefix(string url, string name) => Assert.Equal(name, SourceAddress.SuggestName(SourceAddress.ParseUrl(url)));

    [Fact]
    public void Names_are_valid_and_unique()
    {
        string name = SourceAddress.SuggestName(SourceAddress.ParseUrl("s3://bucket/" + new string('x', 200)));
        FileSystemName.Validate(name);
        HashSet<string> taken = new(StringComparer.Ordinal);
        for (int i = 0; i < 12; i++)
        {
            string unique = FileSystemName.MakeUnique(name, taken.Contains);
            FileSystemName.Validate(unique);
            Assert.True(taken.Add(unique));
        }
        Assert.Equal("data-2", FileSystemName.MakeUnique("data", taken => taken == "data"));
    }

    [Fact]
    public void An_url_mounted_before_is_found_again_and_its_options_change()
    {
        FileSystemCatalog catalog = Catalog;
        SourceResolver resolver = new(catalog);
        SourceAddress source = SourceAddress.Parse("s3://bucket/data");
        ResolvedSource first = resolver.Resolve(source, OptionSet.Parse(["region=a,ro"]));
        Assert.True(first.IsNew);
        Assert.Matches("^fs-[0-9a-f]{17}$", first.Config.Id);
        Assert.Equal("region", Assert.Single(first.Config.Options).Key);
        catalog.Save(first.Config);

        ResolvedSource again = resolver.Resolve(SourceAddress.Parse("s3://bucket/data/"), OptionSet.Parse(["region=b,cache_size=1GiB"]));
        Assert.False(again.IsNew);
        Assert.True(again.IsChanged);
        Assert.Equal(first.Config.Id, again.Config.Id);
        Assert.Equal("b", again.Config.Options["region"]);
        Assert.False(resolver.Resolve(SourceAddress.Parse("bucket-data"), OptionSet.None).IsChanged);
        Assert.NotEqual("bucket-data", resolver.Resolve(SourceAddress.Parse("s3://bucket-data"), OptionSet.None).Config.Name);
    }

    [Fact]
    public void What_was_decided_at_creation_is_refused_by_name()
    {
        FileSystemCatalog catalog = Catalog;
        SourceResolver resolver = new(catalog);
        SourceAddress source = SourceAddress.Parse("s3://bucket");
        catalog.Save(resolver.Resolve(source, OptionSet.None).Config);
        CommandFailedException e = Assert.Throws<CommandFailedException>(() => resolver.Resolve(source, OptionSet.Parse(["posix_metadata=off"])));
        Assert.Contains("'posix_metadata'", e.Message, StringComparison.Ordinal);
        resolver.Resolve(source, OptionSet.Parse(["posix_metadata=on,cache=" + catalog.Locations.DefaultCacheOf("bucket")]));
    }

    [Fact]
    public void A_configuration_is_private_and_survives()
    {
        FileSystemCatalog catalog = Catalog;
        FileSystemConfig config = catalog.Draft("one", "s3://bucket/", new Dictionary<string, string> { ["region"] = "r" });
        catalog.Save(config);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(catalog.Locations.ConfigOf("one")));
        FileSystemConfig read = catalog.Get("one");
        Assert.Equal((config.Id, config.Source, "r"), (read.Id, read.Source, read.Options["region"]));
        Assert.Equal(["one"], catalog.Names());
    }

    [Fact]
    public void A_newer_or_damaged_configuration_says_so()
    {
        FileSystemCatalog catalog = Catalog;
        catalog.Save(catalog.Draft("one", null, new Dictionary<string, string>()));
        string path = catalog.Locations.ConfigOf("one");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"format\": 1", "\"format\": 2", StringComparison.Ordinal));
        Assert.Contains("newer version", Assert.Throws<CommandFailedException>(() => catalog.Get("one")).Message, StringComparison.Ordinal);
        File.WriteAllText(path, "{");
        Assert.Contains("damaged", Assert.Throws<CommandFailedException>(() => catalog.Get("one")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_system_names_the_nearest()
    {
        FileSystemCatalog catalog = Catalog;
        catalog.Save(catalog.Draft("genomes", null, new Dictionary<string, string>()));
        Assert.Contains("did you mean 'genomes'", Assert.Throws<CommandFailedException>(() => catalog.Get("genome")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Directories_follow_the_environment_and_the_user()
    {
        Dictionary<string, string> none = [];
        Dictionary<string, string> home = new() { ["HOME"] = "/home/u", ["XDG_RUNTIME_DIR"] = "/run/user/7" };
        Dictionary<string, string> own = new() { ["FSXFUSE_STATE_DIR"] = "/s", ["FSXFUSE_RUN_DIR"] = "/r" };
        Assert.Equal(new StateLocations("/var/lib/fsxfuse", "/run/fsxfuse"), StateLocations.From(none.GetValueOrDefault, 0));
        Assert.Equal(new StateLocations("/home/u/.local/state/fsxfuse", "/run/user/7/fsxfuse"), StateLocations.From(home.GetValueOrDefault, 7));
        Assert.Equal(new StateLocations("/s", "/r"), StateLocations.From(own.GetValueOrDefault, 7));
        Assert.Throws<CommandFailedException>(() => StateLocations.From(none.GetValueOrDefault, 7));
    }
}
