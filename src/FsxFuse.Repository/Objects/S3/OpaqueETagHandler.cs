namespace FsxFuse.Repository.Objects.S3;

/// <summary>
/// Marks ETags that are no MD5. The SDK takes every ETag without a dash for the MD5 of a whole body, and fails on servers where it is
/// something else (Google's composite objects, for one); an ETag with a dash it leaves alone.
/// </summary>
internal sealed class OpaqueETagHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const string Mark = "-fsxfuse-opaque";
    private const string Header = "ETag";
    private const int Md5Digits = 32;

    /// <summary>Takes the mark off again.</summary>
    public static string Unmark(string etag) => etag.EndsWith(Mark, StringComparison.Ordinal) ? etag[..^Mark.Length] : etag;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (request.Method == HttpMethod.Get && response.Headers.NonValidated.TryGetValues(Header, out var values))
        {
            string etag = ETagStyles.Plain(values.ToString());
            if (etag.Length > 0 && !etag.Contains('-', StringComparison.Ordinal) && !(etag.Length == Md5Digits && etag.All(char.IsAsciiHexDigit)))
            {
                response.Headers.Remove(Header);
                response.Headers.TryAddWithoutValidation(Header, $"\"{etag}{Mark}\"");
            }
        }
        return response;
    }
}
