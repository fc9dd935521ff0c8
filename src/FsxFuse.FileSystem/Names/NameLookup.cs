using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>Finds names: in the store, and for what was never listed, through the repository.</summary>
internal sealed class NameLookup(Volume volume)
{
    private const uint Sticky = 0x200;

    /// <summary>The entry of a name, or its absence, if the store alone can tell and does so at once; false says nothing about it.</summary>
    public bool TryFind(Node parent, FileName name, out Outcome<NamedInode> found)
    {
        found = default;
        if (name.Length > FileName.MaxLength)
        {
            return false;
        }

        // Before the name is looked up: a listing may come to its end between.
        bool complete = parent.Directory is { Listing: ListingState.Complete };
        ValueTask<NamedInode?> read = volume.Store.LookupAsync(parent.Id, name, CancellationToken.None);
        if (!read.IsCompletedSuccessfully)
        {
            return false;
        }

        if (read.Result is not { } known)
        {
            found = Errno.ENOENT;
            return complete;
        }

        found = known;
        return (known.Inode.Flags & InodeFlags.AttributesPending) == 0;
    }

    /// <summary>
    /// The entry of a name with its inode, its attributes known. Only a directory's may still be pending: that it is one is known without
    /// asking the repository, which is all that renaming it takes. ENOENT says whether the absence may be cached: not in a
    /// directory that was never listed, where a name can appear without any commit of ours.
    /// </summary>
    public ValueTask<Outcome<NamedInode>> FindAsync(Node parent, FileName name, CancellationToken cancel)
    {
        if (name.Length > FileName.MaxLength)
        {
            return new(Errno.ENAMETOOLONG);
        }

        ValueTask<NamedInode?> read = volume.Store.LookupAsync(parent.Id, name, CancellationToken.None);
        if (!read.IsCompletedSuccessfully)
        {
            return AwaitAsync(parent, name, read, cancel);
        }

        NamedInode? found = read.Result;
        return found is { } known && Suffices(parent, known.Inode) ? new(known) : CompleteAsync(parent, name, found, cancel);
    }

    /// <summary>True when every name of the directory is in the store.</summary>
    public async ValueTask<bool> IsCompleteAsync(Node directory) =>
        await volume.GetDirectoryAsync(directory).ConfigureAwait(false) is not { Listing: ListingState.Unlisted };

    /// <summary>Makes sure that every name of a directory is in the store.</summary>
    public async ValueTask ListAsync(Node directory, CancellationToken cancel)
    {
        if (await volume.GetDirectoryAsync(directory).ConfigureAwait(false) is { Listing: ListingState.Unlisted })
        {
            await volume.Source.ListAsync(directory.Id, cancel).ConfigureAwait(false);
            directory.ForgetDirectory();
        }
    }

    /// <summary>Makes sure that an inode's own attributes were read.</summary>
    public async ValueTask<InodeRow> WithAttributesAsync(NamedInode found, CancellationToken cancel)
    {
        if ((found.Inode.Flags & InodeFlags.AttributesPending) == 0)
        {
            return found.Inode;
        }

        await volume.Source.ImportAttributesAsync(found.Inode.Id, found.Dentry.Parent, found.Dentry.Cookie, cancel).ConfigureAwait(false);
        return await volume.Store.GetInodeAsync(found.Inode.Id, CancellationToken.None).ConfigureAwait(false) ?? found.Inode;
    }

    // In a sticky directory the kernel compares owners before it lets anybody rename or remove, without asking us again.
    private static bool Suffices(Node parent, InodeRow inode) =>
        (inode.Flags & InodeFlags.AttributesPending) == 0 || (inode.IsDirectory && (parent.Row.Mode & Sticky) == 0);

    private async ValueTask<Outcome<NamedInode>> AwaitAsync(Node parent, FileName name, ValueTask<NamedInode?> read, CancellationToken cancel) =>
        await CompleteAsync(parent, name, await read.ConfigureAwait(false), cancel).ConfigureAwait(false);

    private async ValueTask<Outcome<NamedInode>> CompleteAsync(Node parent, FileName name, NamedInode? found, CancellationToken cancel)
    {
        if (found is null && !await IsCompleteAsync(parent).ConfigureAwait(false))
        {
            await volume.Source.ImportNameAsync(parent.Id, name, cancel).ConfigureAwait(false);
            found = await volume.Store.LookupAsync(parent.Id, name, CancellationToken.None).ConfigureAwait(false);
        }

        if (found is not { } named)
        {
            return Errno.ENOENT;
        }

        if (Suffices(parent, named.Inode))
        {
            return named;
        }

        InodeRow inode = await WithAttributesAsync(named, cancel).ConfigureAwait(false);
        if (inode.Id == named.Inode.Id && !ReferenceEquals(inode, named.Inode))
        {
            // The HEAD may have shown a newer version of the object, which has an inode of its own.
            found = await volume.Store.LookupAsync(parent.Id, name, CancellationToken.None).ConfigureAwait(false);
            return found is { } again ? again : Errno.ENOENT;
        }

        return named;
    }
}
