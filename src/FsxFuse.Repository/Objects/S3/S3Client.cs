using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.S3;

namespace FsxFuse.Repository.Objects.S3;

/// <summary>The SDK's client for one bucket, with its errors translated and its HTTP layer owned.</summary>
internal sealed class S3Client : IDisposable
{
    private static readonly TimeSpan CredentialsPatience = TimeSpan.FromSeconds(6);

    private readonly TimeProvider _time;
    private readonly S3HttpClientFactory _http;
    private readonly S3Errors _errors;

    public S3Client(S3Options options, S3Endpoint endpoint, AWSCredentials? credentials, TimeProvider time)
    {
        _time = time;
        _http = new S3HttpClientFactory(options, options.ConnectTimeout, options.ResponseTimeout, time);
        _errors = new S3Errors(endpoint, options);
        AmazonS3Config config = endpoint.ToConfig(options, _http);
        Api = credentials is null ? new AmazonS3Client(config) : new AmazonS3Client(credentials, config);
    }

    public AmazonS3Client Api { get; }

    /// <summary>
    /// Asks the AWS chain for credentials, which the first request would do too, but for as long as an instance metadata service that takes
    /// connections and never answers likes (a container behind its hop limit meets that).
    /// </summary>
    /// <exception cref="ObjectStoreException">There are none.</exception>
    public async Task FindCredentialsAsync(string bucket, CancellationToken cancellationToken)
    {
        try
        {
            // The chain looks at files and asks the network on its caller's thread.
            await Task.Run(() => DefaultAWSCredentialsIdentityResolver.GetCredentials(Api.Config).GetCredentials(), cancellationToken)
                .WaitAsync(CredentialsPatience, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new ObjectStoreException(
                ObjectStoreErrorKind.NoCredentials,
                $"No credentials for s3://{bucket} were found: the instance metadata service does not answer. {S3Errors.CredentialsAdvice}.",
                e);
        }
        catch (Exception e) when (e is AmazonClientException or HttpRequestException)
        {
            throw _errors.Translate(e, "Signing for", null);
        }
    }

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
