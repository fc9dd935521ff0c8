using FsxFuse.Repository.Links;

namespace FsxFuse.Repository.Tests.Links;

public sealed class RepositoryUrlTests
{
    [Theory]
    [InlineData("s3://bucket", "s3://bucket/", "bucket", "")]
    [InlineData("s3://bucket/", "s3://bucket/", "bucket", "")]
    [InlineData("s3://bucket/a/b", "s3://bucket/a/b/", "bucket", "a/b/")]
    [InlineData("s3://bucket/a%20b/", "s3://bucket/a%20b/", "bucket", "a%20b/")]
    [InlineData("file:///srv/data", "file:///srv/data/", "/srv/data", "")]
    [InlineData("file:///", "file:///", "/", "")]
    public void Urls_get_their_slash(string text, string url, string container, string prefix)
    {
        RepositoryUrl read = RepositoryUrl.Parse(text);
        Assert.Equal((url, container, prefix), (read.ToString(), read.Container, read.Prefix));
    }

    [Theory]
    [InlineData("s3://")]
    [InlineData("s3://ab")]
    [InlineData("s3://bucket//a")]
    [InlineData("s3://bucket/a/../b")]
    [InlineData("file://relative")]
    [InlineData("gs://bucket")]
    [InlineData("bucket")]
    public void Others_are_refused_with_a_reason(string text)
    {
        Assert.False(RepositoryUrl.TryParse(text, out _, out string? error));
        Assert.Contains(text, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3://bucket/a", "s3://bucket/a/b", true)]
    [InlineData("s3://bucket/a/b", "s3://bucket", true)]
    [InlineData("s3://bucket/a", "s3://bucket/a", true)]
    [InlineData("s3://bucket/a", "s3://bucket/ab", false)]
    [InlineData("s3://bucket", "s3://bucket2", false)]
    public void Overlap_is_by_whole_components(string a, string b, bool overlaps) =>
        Assert.Equal(overlaps, RepositoryUrl.Parse(a).Overlaps(RepositoryUrl.Parse(b)));
}
