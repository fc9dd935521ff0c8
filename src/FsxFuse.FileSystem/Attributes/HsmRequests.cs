using System.Buffers.Binary;
using System.Text;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>
/// What programs see of a file's copy in its repository, and ask about it: attributes that are computed, not stored, and one ioctl(2). Both
/// work wherever the mount is seen, without the daemon's socket and without privilege.
/// </summary>
public sealed class HsmRequests
{
    /// <summary>The state, as <c>lfs hsm_state</c> prints it after the name.</summary>
    public const string StateAttribute = "user.fsxfuse.state";

    /// <summary>What is in progress, as <c>lfs hsm_action</c> prints it after the name.</summary>
    public const string ActionAttribute = "user.fsxfuse.action";

    /// <summary>What a person should know about it; absent when there is nothing to say.</summary>
    public const string NoteAttribute = "user.fsxfuse.note";

    /// <summary>_IOW('F', 0x48, struct { u32 action; u32 flags; }): an <see cref="HsmAction"/> and, for Set and Clear, <see cref="HsmFlags"/>.</summary>
    public const uint Command = (1u << 30) | (ArgumentSize << 16) | ((uint)'F' << 8) | 0x48;

    /// <summary>Size of the ioctl's argument, bytes.</summary>
    public const int ArgumentSize = 8;

    private readonly Volume _volume;
    private readonly IHsmAgent? _agent;

    internal HsmRequests(Volume volume, IHsmAgent? agent) => (_volume, _agent) = (volume, agent);

    /// <summary>Whether a name is kept for computed attributes: programs can neither set nor remove any.</summary>
    internal static bool IsReserved(FileName name) => name.Span.StartsWith("user.fsxfuse."u8);

    /// <summary>A computed attribute; ENODATA when the inode has none of that name.</summary>
    internal async ValueTask<Outcome<byte[]>> GetAsync(Node node, FileName name)
    {
        string text = name.ToString();
        if (text == StateAttribute)
        {
            await _volume.RefreshAsync(node).ConfigureAwait(false);
            InodeRow row = node.Row;
            ContentRow? content = row.ContentId == 0 ? null : await _volume.Store.GetContentAsync(row.ContentId).ConfigureAwait(false);
            return Encoding.UTF8.GetBytes(HsmState.From(row, content).ToString());
        }
        if (_agent is null || text is not (ActionAttribute or NoteAttribute))
            return Errno.ENODATA;
        HsmProgress progress = node.Row.IsRegular ? await _agent.GetProgressAsync(node.Id, CancellationToken.None).ConfigureAwait(false) : new HsmProgress(HsmAction.None, false, 0, null);
        return text == ActionAttribute ? Encoding.UTF8.GetBytes(progress.ToString())
            : progress.Note is { } note ? Encoding.UTF8.GetBytes(note)
            : Errno.ENODATA;
    }

    /// <summary>
    /// An ioctl of somebody who has the file open. To load it is anybody's who may read it, as its bytes come by reading too; all else is for
    /// the owner and for who runs the file system.
    /// </summary>
    internal async ValueTask<Errno> RequestAsync(Node node, uint uid, HsmAction action, HsmFlags flags, CancellationToken cancel)
    {
        if (_agent is null)
            return Errno.EOPNOTSUPP;
        await _volume.RefreshAsync(node).ConfigureAwait(false);
        if (action != HsmAction.Restore && uid != 0 && uid != node.Row.Uid && uid != _volume.Options.ServiceUid)
            return Errno.EPERM;
        return (Errno)await _agent.RequestAsync(node.Id, action, flags, cancel).ConfigureAwait(false);
    }

    /// <summary>Reads an ioctl's argument.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> argument, out HsmAction action, out HsmFlags flags)
    {
        (action, flags) = (HsmAction.None, HsmFlags.None);
        if (argument.Length != ArgumentSize)
            return false;
        action = (HsmAction)BinaryPrimitives.ReadUInt32LittleEndian(argument);
        flags = (HsmFlags)BinaryPrimitives.ReadUInt32LittleEndian(argument[4..]);
        return Enum.IsDefined(action);
    }
}
