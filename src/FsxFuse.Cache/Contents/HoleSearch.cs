using FsxFuse.Cache.Native;

namespace FsxFuse.Cache;

/// <summary>SEEK_DATA and SEEK_HOLE over a content of which parts are not loaded: those are data, whatever the content file has there.</summary>
internal static class HoleSearch
{
    internal static long Seek(Content content, long offset, bool data)
    {
        long length = content.Length;
        if (offset < 0 || offset >= length)
            return -1;
        if (content.File is not { } file)
            return data ? offset : length;
        if (content.IsComplete)
            return DiskFile.Seek(file, offset, data);
        return data ? SeekData(content, offset, length) : SeekHole(content, offset, length);
    }

    private static long SeekData(Content content, long offset, long length)
    {
        long present = content.PresentFrom(offset, length);
        if (present == 0)
            return offset;
        long found = DiskFile.Seek(content.File!, offset, data: true);
        long missing = offset + present;
        if (missing >= length)
            return found;
        return found < 0 ? missing : Math.Min(found, missing);
    }

    private static long SeekHole(Content content, long offset, long length)
    {
        while (offset < length)
        {
            offset = content.MissingEnd(offset);
            if (offset >= length)
                break;
            long hole = DiskFile.Seek(content.File!, offset, data: false);
            if (hole < 0 || hole >= length)
                break;
            if (content.PresentFrom(hole, hole + 1) > 0)
                return hole;
            offset = hole;
        }

        return length;
    }
}
