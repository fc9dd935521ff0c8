using Amazon.Runtime;
using Amazon.S3;

namespace FsxFuse.Repository.Objects.S3;

/// <summary>The SDK's client for one bucket, with its errors translated and its HTTP layer owned.</summary>
internal sealed class S3Client : IDisposable
{
    private readonly S3HttpClientFactory _http;
    private readonly S3Errors _errors;

    public S3Client(S3Options options, S3Endpoint endpoint, AWSCredentials? credentials, TimeProvider time)
    {
        _http = new S3HttpClientFactory(options, options.ConnectTimeout, options.ResponseTimeout, time);
        _errors = new S3Errors(endpoint, options);
        AmazonS3Config config = endpoint.ToConfig(options, _http);
        Api = credentials is null ? new AmazonS3Client(config) : new AmazonS3Client(credentials, config);
    }

    public AmazonS3Client Api { get; }

    /// <summary>Sends one request; whatever goes wrong comes out as <see cref="ObjectStoreException"/>, or as the caller's own cancellation.</summary>
    public async Task<T> SendAsync<T>(string operation, string? key, Func<AmazonS3Client, Task<T>> request, CancellationToken cancellationToken)
    {
        try
        {
            return await request(Api).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception e) when (e is not ObjectStoreException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw _errors.Translate(e, operation, key);
        }
    }

    /// <summary>Translates a failure that came within an answer.</summary>
    public ObjectStoreException Translate(Exception e, string operation, string? key) => _errors.Translate(e, operation, key);

    public void Dispose()
    {
        Api.Dispose();
        _http.Dispose();
    }
}
