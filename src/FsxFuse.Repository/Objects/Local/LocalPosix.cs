using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Repository.Objects.Local;

/// <summary>
/// Gives files the mode and owner that their metadata names, as far as this process may, so that what was private in a file system is not
/// laid open by its repository.
/// </summary>
internal static class LocalPosix
{
    private const int TypeMask = 0xF000;
    private const int SymlinkType = 0xA000;
    private const int PermissionMask = 0x1FF;

    public static bool IsSymlink(PutOptions options) => Mode(options.Metadata) is { } mode && (mode & TypeMask) == SymlinkType;

    /// <param name="file">The file or directory.</param>
    /// <param name="options">What it is written with.</param>
    /// <param name="usual">Its mode when the metadata names none.</param>
    /// <param name="own">What the owner must be able to do for this process to go on working with it.</param>
    public static void Apply(SafeFileHandle file, PutOptions options, int usual, int own)
    {
        bool superuser = NativeFile.IsSuperuser;
        if (superuser && Number(options.Metadata, "file-owner") is { } uid && Number(options.Metadata, "file-group") is { } gid)
            NativeFile.ChangeOwner(file, uid, gid);
        int mode = (Mode(options.Metadata) ?? usual) & PermissionMask;
        NativeFile.ChangeMode(file, superuser ? mode : mode | own);
    }

    private static int? Mode(IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue("file-permissions", out string? text) || text.Length is 0 or > 8)
            return null;
        int mode = 0;
        foreach (char c in text)
        {
            if (c is < '0' or > '7')
                return null;
            mode = (mode * 8) + (c - '0');
        }
        return mode;
    }

    private static uint? Number(IReadOnlyDictionary<string, string> metadata, string name) =>
        metadata.TryGetValue(name, out string? text) && uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint value) ? value : null;
}
