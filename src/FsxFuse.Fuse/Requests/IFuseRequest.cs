namespace FsxFuse.Fuse;

/// <summary>What every typed request is: a view of one pending request. See <see cref="FuseRequestMembers"/> for the members they share.</summary>
public interface IFuseRequest
{
    /// <summary>The request without its type.</summary>
    PendingRequest Pending { get; }
}
