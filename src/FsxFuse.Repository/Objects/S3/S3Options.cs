namespace FsxFuse.Repository.Objects.S3;

/// <summary>How to reach a bucket.</summary>
public sealed record S3Options
{
    /// <summary>The bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>The server, such as <c>https://s3.example.org</c>; null for Amazon S3, or what AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL says.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The bucket's region; null to find it (AWS_REGION, the profile, the instance, else us-east-1).</summary>
    public string? Region { get; init; }

    /// <summary>A profile of the AWS configuration files, or a section of <see cref="CredentialsFile"/>.</summary>
    public string? Profile { get; init; }

    /// <summary>A file with credentials, readable by its owner only (mode 0600): in the AWS format, or one line <c>ACCESS_KEY:SECRET_KEY</c>. It
    /// is read again when it changes. Null for the AWS chain: environment, profile, web identity, container, instance role.</summary>
    public string? CredentialsFile { get; init; }

    /// <summary>Sends unsigned requests, for public buckets.</summary>
    public bool Anonymous { get; init; }

    /// <summary>The bucket in the path instead of the host name; null for the default: yes on custom endpoints, no on Amazon's.</summary>
    public bool? PathStyle { get; init; }

    /// <summary>How uploads prove their integrity.</summary>
    public S3ChecksumMode Checksums { get; init; }

    /// <summary>A PEM file of certificate authorities to trust instead of the system's, for servers with a private one.</summary>
    public string? CustomCaFile { get; init; }

    /// <summary>Most connections to the server at a time.</summary>
    public int MaxConnections { get; init; } = 128;

    /// <summary>Longest time to connect.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Longest time from a request to the head of its answer. Uploads have one second more for each 256 KiB of their body.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest silence within the body of an answer.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often a request is tried again after a failure that may pass, with growing, random pauses of up to 20 seconds.</summary>
    public int MaxRetries { get; init; } = 5;

    /// <summary>Sizes that the server accepts.</summary>
    public ObjectStoreLimits Limits { get; init; } = ObjectStoreLimits.AmazonS3;

    /// <summary>Size of the parts in which objects larger than <see cref="ObjectStoreLimits.MaxPutSize"/> are copied, in bytes.</summary>
    public long CopyPartSize { get; init; } = 512L << 20;
}
