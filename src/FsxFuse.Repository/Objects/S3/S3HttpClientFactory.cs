using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Amazon.Runtime;

namespace FsxFuse.Repository.Objects.S3;

/// <summary>Gives the SDK one HTTP client with our timeouts, connection limit and trust; the store disposes it.</summary>
internal sealed class S3HttpClientFactory : HttpClientFactory, IDisposable
{
    private readonly HttpClient _client;

    public S3HttpClientFactory(S3Options options, TimeSpan connectTimeout, TimeSpan responseTimeout, TimeProvider time)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = connectTimeout,
            MaxConnectionsPerServer = options.MaxConnections,
            // A server that moves to another address is followed within minutes.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(50),
            AllowAutoRedirect = false,
            UseCookies = false,
            // Objects are stored bytes: one with Content-Encoding gzip must arrive as it is.
            AutomaticDecompression = DecompressionMethods.None,
            // Metadata is signed as UTF-8, so it must travel and be read as UTF-8.
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        };
        if (options.CustomCaFile is not null)
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = TrustOnly(options.CustomCaFile) };
        var timeouts = new S3TimeoutHandler(handler, responseTimeout, options.StallTimeout, time);
        _client = new HttpClient(new OpaqueETagHandler(timeouts)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => _client;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    // Null says that this factory's clients are not to be shared with other configurations.
    public override string? GetConfigUniqueString(IClientConfig clientConfig) => null;

    public void Dispose() => _client.Dispose();

    private static X509ChainPolicy TrustOnly(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ObjectStoreException(ObjectStoreErrorKind.BadConfiguration, $"The certificate file '{file}' cannot be read: {e.Message}", e);
        }
        if (policy.CustomTrustStore.Count == 0)
            throw new ObjectStoreException(ObjectStoreErrorKind.BadConfiguration, $"The certificate file '{file}' holds no certificate in PEM format.");
        return policy;
    }
}
