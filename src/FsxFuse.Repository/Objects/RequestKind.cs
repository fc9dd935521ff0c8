namespace FsxFuse.Repository.Objects;

/// <summary>The kinds of requests that are counted apart.</summary>
public enum RequestKind
{
    /// <summary>A page of a listing of keys or of uploads.</summary>
    List,

    /// <summary>HEAD.</summary>
    Head,

    /// <summary>GET of bytes.</summary>
    Get,

    /// <summary>GET of tags.</summary>
    GetTags,

    /// <summary>PUT of a whole object.</summary>
    Put,

    /// <summary>Start of an upload in parts.</summary>
    CreateMultipart,

    /// <summary>One part.</summary>
    UploadPart,

    /// <summary>One part copied on the server.</summary>
    CopyPart,

    /// <summary>Completion of an upload.</summary>
    CompleteMultipart,

    /// <summary>Abortion of an upload.</summary>
    AbortMultipart,

    /// <summary>A copy on the server.</summary>
    Copy,

    /// <summary>DELETE of one key.</summary>
    Delete,

    /// <summary>DELETE of a batch.</summary>
    DeleteMany,

    /// <summary>A check of the access.</summary>
    Check,

    /// <summary>A request to make an archived object readable.</summary>
    Restore,
}
