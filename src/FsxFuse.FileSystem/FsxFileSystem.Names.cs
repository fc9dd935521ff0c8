using FsxFuse.Fuse;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>Requests about names.</summary>
public sealed partial class FsxFileSystem
{
    /// <inheritdoc/>
    public override void Lookup(LookupRequest request) => Watch(LookupAsync(request), request.Pending);

    /// <inheritdoc/>
    public override void Forget(ulong nodeId, ulong count) => Drop((long)nodeId, (long)count);

    /// <inheritdoc/>
    public override void MkNod(MkNodRequest request) => Watch(
        CreateAsync(request.Pending, new FileName(request.Name), new NewInode(request.Mode, request.Umask, request.Uid, request.Gid) { Rdev = request.Rdev }, request.Reply),
        request.Pending);

    /// <inheritdoc/>
    public override void MkDir(MkDirRequest request) => Watch(
        CreateAsync(
            request.Pending,
            new FileName(request.Name),
            new NewInode((request.Mode & ~FileType.Mask) | FileType.Directory, request.Umask, request.Uid, request.Gid),
            request.Reply),
        request.Pending);

    /// <inheritdoc/>
    public override void Symlink(SymlinkRequest request) => Watch(
        CreateAsync(
            request.Pending,
            new FileName(request.Name),
            new NewInode(FileType.Symlink, 0, request.Uid, request.Gid) { Target = request.Target.ToArray() },
            request.Reply),
        request.Pending);

    /// <inheritdoc/>
    public override void Link(LinkRequest request) => Watch(LinkAsync(request), request.Pending);

    /// <inheritdoc/>
    public override void Unlink(UnlinkRequest request) => Watch(RemoveAsync(request.Pending, new FileName(request.Name), directory: false, request.Reply), request.Pending);

    /// <inheritdoc/>
    public override void RmDir(RmDirRequest request) => Watch(RemoveAsync(request.Pending, new FileName(request.Name), directory: true, request.Reply), request.Pending);

    /// <inheritdoc/>
    public override void Rename(RenameRequest request) => Watch(RenameAsync(request), request.Pending);

    private delegate bool EntryAnswer(in EntryReply entry);

    private async ValueTask LookupAsync(LookupRequest request)
    {
        ulong parentId = request.NodeId;
        FileName name = new(request.Name);
        if (name.Span is [(byte)'.'] or [(byte)'.', (byte)'.'])
        {
            await LookupBySelfAsync(request, dotDot: name.Length == 2).ConfigureAwait(false);
            return;
        }

        if (await _volume.GetNodeAsync(parentId).ConfigureAwait(false) is not { } parent)
        {
            request.Fail(Errno.ESTALE);
            return;
        }

        long seen = _volume.ForeignChanges;
        Outcome<NamedInode> found = _names.TryFind(parent, name, out Outcome<NamedInode> known)
            ? known
            : await _names.FindAsync(parent, name, request.InterruptToken).ConfigureAwait(false);
        if (found.Ok)
        {
            AnswerEntry(found.Value.Inode, request.Reply, seen);
        }
        else if (found.Error == Errno.ENOENT && await _names.IsCompleteAsync(parent).ConfigureAwait(false))
        {
            EntryReply absent = new() { EntryTimeout = _volume.TimeoutSince(seen) };
            request.Reply(in absent);
        }
        else
        {
            request.Fail(found.Error);
        }
    }

    /// <summary>
    /// "." and "..", by which file handles find their way to what the kernel has forgotten, or never knew since the mount
    /// (FUSE_EXPORT_SUPPORT). What has no name any more is not found: who still has it open is answered by the kernel itself.
    /// </summary>
    private async ValueTask LookupBySelfAsync(LookupRequest request, bool dotDot)
    {
        ulong id = request.NodeId;
        long seen = _volume.ForeignChanges;
        if (await GetFreshAsync(request.Pending).ConfigureAwait(false) is not { } node)
        {
            request.Fail(Errno.ESTALE);
            return;
        }

        InodeRow? row = node.Row;
        if (dotDot)
        {
            DirectoryRow? directory = await _volume.GetDirectoryAsync(node).ConfigureAwait(false);
            row = directory is null ? null : await _volume.Store.GetInodeAsync(directory.Parent).ConfigureAwait(false);
        }

        if (row is { NLink: > 0 })
        {
            AnswerEntry(row, request.Reply, seen);
        }
        else
        {
            request.Fail(Errno.ESTALE);
        }

        // The question alone brought the node in; only an answer makes the kernel hold it, and forget it one day.
        Drop((long)id, 0);
    }

    private async ValueTask CreateAsync(PendingRequest request, FileName name, NewInode wanted, EntryAnswer answer)
    {
        if (await _volume.GetNodeAsync(request.NodeId).ConfigureAwait(false) is not { } parent)
        {
            request.Fail(Errno.ESTALE);
            return;
        }

        Outcome<NameCreation.Made> made = await _creation.CreateAsync(parent, name, wanted).ConfigureAwait(false);
        if (made.Ok)
        {
            AnswerEntry(made.Value.Inode, answer);
        }
        else
        {
            request.Fail(made.Error);
        }
    }

    private async ValueTask LinkAsync(LinkRequest request)
    {
        FileName name = new(request.Name);
        if (await _volume.GetNodeAsync(request.NodeId).ConfigureAwait(false) is not { } parent
            || await _volume.GetNodeAsync(request.OldNodeId).ConfigureAwait(false) is not { } node)
        {
            request.Fail(Errno.ESTALE);
            return;
        }

        Outcome<InodeRow> linked = await _linking.LinkAsync(node, parent, name).ConfigureAwait(false);
        if (linked.Ok)
        {
            AnswerEntry(linked.Value, request.Reply);
        }
        else
        {
            request.Fail(linked.Error);
        }
    }

    private async ValueTask RemoveAsync(PendingRequest request, FileName name, bool directory, Func<bool> answer)
    {
        if (await _volume.GetNodeAsync(request.NodeId).ConfigureAwait(false) is not { } parent)
        {
            request.Fail(Errno.ESTALE);
            return;
        }

        Errno error = directory
            ? await _removal.RmDirAsync(parent, name, request.InterruptToken).ConfigureAwait(false)
            : await _removal.UnlinkAsync(parent, name, request.InterruptToken).ConfigureAwait(false);
        if (error == Errno.None)
        {
            answer();
        }
        else
        {
            request.Fail(error);
        }
    }

    private async ValueTask RenameAsync(RenameRequest request)
    {
        FileName oldName = new(request.Name);
        FileName newName = new(request.NewName);
        if (await _volume.GetNodeAsync(request.NodeId).ConfigureAwait(false) is not { } from
            || await _volume.GetNodeAsync(request.NewParent).ConfigureAwait(false) is not { } to)
        {
            request.Fail(Errno.ESTALE);
            return;
        }

        Errno error = await _renaming.RenameAsync(from, oldName, to, newName, request.Flags, request.InterruptToken).ConfigureAwait(false);
        if (error == Errno.None)
        {
            request.Reply();
        }
        else
        {
            request.Fail(error);
        }
    }

    /// <summary>Answers with an inode; the reference the kernel gets by it is taken back if it no longer wants the answer.</summary>
    private void AnswerEntry(InodeRow row, EntryAnswer answer) => AnswerEntry(row, answer, _volume.ForeignChanges);

    private void AnswerEntry(InodeRow row, EntryAnswer answer, long seen)
    {
        Node node = _volume.Nodes.Reference(row);
        EntryReply entry = AttributeReplies.Entry(node, _volume.TimeoutSince(seen));
        if (!answer(in entry))
        {
            Drop(row.Id, 1);
        }
    }

    private void Drop(long id, long count)
    {
        if (_volume.Nodes.Forget(id, count) is { Row.NLink: <= 0 } unused)
        {
            _reaper.Consider(unused.Id);
        }
    }
}
