using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Composition;

/// <summary>Looks whether repositories can be used before anything is mounted.</summary>
internal sealed class AccessCheck(TimeProvider time)
{
    // On a thread of their own, because what looks for credentials may block.
    // With the time a start takes, less than the 15 seconds within which a mount that cannot work must have said so.
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan KnownPatience = TimeSpan.FromSeconds(3);

    /// <summary>Of a repository that was never used: it must answer.</summary>
    /// <exception cref="ObjectStoreException">It cannot be used.</exception>
    public async Task RequireAsync(RepositoryUrl url, IObjectStore store, CancellationToken cancel)
    {
        try
        {
            await Task.Run(() => store.CheckAccessAsync(url.Prefix, cancel), cancel).WaitAsync(FirstPatience, time, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new ObjectStoreException(ObjectStoreErrorKind.Unreachable,
                $"{store.Location} does not answer within {FirstPatience.TotalSeconds:0} seconds; check the endpoint and the network.", e);
        }
    }

    /// <summary>
    /// Of a link that was used before. Null when it answers; a sentence when it cannot be reached now, which is no reason not to mount.
    /// </summary>
    /// <param name="link">The link.</param>
    /// <param name="refusalsToo">Whether a refusal is a sentence, too.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="ObjectStoreException">It refuses: the credentials, the bucket or the configuration are wrong.</exception>
    public async Task<string?> LookAsync(Link link, bool refusalsToo, CancellationToken cancel)
    {
        try
        {
            await Task.Run(() => link.Store.CheckAccessAsync(link.Prefix, cancel), cancel).WaitAsync(KnownPatience, time, cancel).ConfigureAwait(false);
            return null;
        }
        catch (TimeoutException)
        {
            return $"{link.Url} does not answer; what is in the cache is served, and changes are exported when it answers again";
        }
        catch (ObjectStoreException e) when (e.IsTransient)
        {
            return $"{e.Message.TrimEnd('.')}; what is in the cache is served, and changes are exported when it answers again";
        }
        catch (ObjectStoreException e) when (refusalsToo)
        {
            return $"{link.Row.Path}: {e.Message.TrimEnd('.')}; it is neither imported nor exported until that is mended";
        }
    }
}
