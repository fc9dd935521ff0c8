using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace FsxFuse.Repository.Objects.S3;

/// <summary>Where requests go and in which dialect, once the options, the environment and the defaults are put together.</summary>
internal sealed record S3Endpoint
{
    private S3Endpoint()
    {
    }

    /// <summary>The server's address, or null for Amazon S3.</summary>
    public Uri? Address { get; private init; }

    /// <summary>Whether the server is Amazon's, whose dialect is known.</summary>
    public bool IsAmazon { get; private init; }

    public bool PathStyle { get; private init; }

    /// <summary>Whether uploads carry CRC-32 trailers.</summary>
    public bool TrailingChecksums { get; private init; }

    /// <summary>Whether bodies travel under TLS, so that they need not be signed as well.</summary>
    public bool Tls => Address is null || Address.Scheme == Uri.UriSchemeHttps;

    /// <summary>For messages.</summary>
    public string Name => Address?.GetLeftPart(UriPartial.Authority) ?? "Amazon S3";

    public static S3Endpoint Resolve(S3Options options, Func<string, string?> environment)
    {
        string? text = options.Endpoint ?? environment("AWS_ENDPOINT_URL_S3") ?? environment("AWS_ENDPOINT_URL");
        Uri? address = null;
        if (!string.IsNullOrWhiteSpace(text)
            && (!Uri.TryCreate(text, UriKind.Absolute, out address) || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)))
        {
            throw new ObjectStoreException(
                ObjectStoreErrorKind.BadConfiguration, $"The endpoint '{text}' is not an address; write it as https://HOST or http://HOST:PORT.");
        }
        bool amazon = address is null || address.Host.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase)
            || address.Host.EndsWith(".amazonaws.com.cn", StringComparison.OrdinalIgnoreCase);
        return new S3Endpoint
        {
            Address = address,
            IsAmazon = amazon,
            PathStyle = options.PathStyle ?? !amazon,
            TrailingChecksums = options.Checksums == S3ChecksumMode.Supported || (options.Checksums == S3ChecksumMode.Auto && amazon),
        };
    }

    /// <summary>The SDK's configuration for these options.</summary>
    public AmazonS3Config ToConfig(S3Options options, HttpClientFactory http)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = PathStyle,
            HttpClientFactory = http,
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = options.MaxRetries,
            // Connections closed while idle are the HTTP layer's affair; counted here as well they would add to MaxErrorRetry.
            MaxStaleConnectionRetries = 0,
            // The HTTP layer underneath has its own, finer timeouts; this one would cut long uploads short.
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            RequestChecksumCalculation = TrailingChecksums ? RequestChecksumCalculation.WHEN_SUPPORTED : RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = TrailingChecksums ? ResponseChecksumValidation.WHEN_SUPPORTED : ResponseChecksumValidation.WHEN_REQUIRED,
            LogResponse = false,
            // One large buffer costs less than many system calls; the SDK reads bodies to send through it.
            BufferSize = 128 * 1024,
        };
        config.EndpointProvider = new EndpointCache(config.EndpointProvider);
        if (options.Profile is not null && options.CredentialsFile is null)
            config.Profile = new Profile(options.Profile);
        if (Address is not null)
        {
            config.ServiceURL = Address.AbsoluteUri;
            config.AuthenticationRegion = options.Region ?? "us-east-1";
        }
        else if (options.Region is not null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }
        else if (config.RegionEndpoint is null)
        {
            config.RegionEndpoint = RegionEndpoint.USEast1;
        }
        return config;
    }
}
