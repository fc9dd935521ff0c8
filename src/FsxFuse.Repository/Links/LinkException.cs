namespace FsxFuse.Repository.Links;

/// <summary>A link cannot be made or changed as asked. The message can be shown to users as it is.</summary>
public sealed class LinkException : Exception
{
    /// <summary>Makes the exception.</summary>
    public LinkException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
