namespace FsxFuse.Metadata;

/// <summary>The metadata engine itself failed. The message says what to do and can be shown to users as it is.</summary>
public sealed class MetadataStoreException : Exception
{
    /// <summary>Makes the exception.</summary>
    public MetadataStoreException(MetadataFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    /// <summary>The kind of failure.</summary>
    public MetadataFailure Failure { get; }
}
